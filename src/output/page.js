// Adds to the page what it can do without: a filter box, keys, and light on all mentions of one
// entity. Everything is readable before this runs.
(() => {
  "use strict";
  const aside = document.querySelector("aside");
  const rows = [...document.querySelectorAll("#entities tbody tr")];
  const links = [...document.querySelectorAll("main mark > a")];
  if (!rows.length) return;

  const marks = new Map();
  for (const link of links) {
    const id = link.hash.slice(1);
    if (!marks.has(id)) marks.set(id, []);
    marks.get(id).push(link.parentElement);
  }

  // Filter: rows by any of their words; mentions of other entities lose their mark.
  const bar = document.createElement("div");
  bar.className = "filter";
  const box = document.createElement("input");
  box.type = "search";
  box.placeholder = "Name, kind, country or id";
  box.setAttribute("aria-label", box.placeholder);
  const keys = document.createElement("span");
  for (const [key, text] of [["n", " next mention "], ["p", " previous "], ["/", " filter"]]) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    keys.append(cap, text);
  }
  bar.append(box, keys);
  document.querySelector("#entities table").before(bar);
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const words = new Map();
  const wordsOf = (row) => {
    if (!words.has(row)) {
      const country = row.querySelector(".what").title;
      const parts = row.querySelectorAll(".name, .forms, summary, .ids");
      words.set(row, fold([...parts].map((part) => part.textContent).join(" ") + " " + country));
    }
    return words.get(row);
  };
  box.addEventListener("input", () => {
    const wanted = fold(box.value).split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const off = !wanted.every((word) => wordsOf(row).includes(word));
      if (row.hidden === off) continue;
      row.hidden = off;
      for (const mark of marks.get(row.id) ?? []) mark.classList.toggle("off", off);
    }
  });

  // Light: the entity under the pointer or in focus.
  let lit = [];
  const light = (node) => {
    const at = node.closest("main mark > a, #entities tr[id], #map a");
    const next = (at && marks.get(at.id || (at.hash ?? at.getAttribute("href")).slice(1))) || [];
    if (next === lit) return;
    for (const mark of lit) mark.classList.remove("lit");
    for (const mark of next) mark.classList.add("lit");
    lit = next;
  };
  document.addEventListener("pointerover", (event) => light(event.target));
  document.addEventListener("focusin", (event) => light(event.target));

  // Keys: from mention to mention.
  const shown = (link) => getComputedStyle(link.parentElement).borderBottomColor !== "rgba(0, 0, 0, 0)";
  const step = (by) => {
    let at = links.indexOf(document.activeElement);
    if (at < 0) {
      const below = links.findIndex((link) => link.getBoundingClientRect().top > 0);
      at = by > 0 ? (below < 0 ? links.length : below) - 1 : below < 0 ? links.length : below;
    }
    for (at += by; at >= 0 && at < links.length; at += by) {
      if (!shown(links[at])) continue;
      links[at].focus({ preventScroll: true });
      links[at].scrollIntoView({ block: "center" });
      if (getComputedStyle(aside).position === "fixed") {
        document.getElementById(links[at].hash.slice(1))?.scrollIntoView({ block: "nearest" });
      }
      return;
    }
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === box) {
      if (event.key === "Escape") {
        box.value = "";
        box.dispatchEvent(new Event("input"));
        box.blur();
      }
      return;
    }
    if (event.key === "n" || event.key === "j") step(1);
    else if (event.key === "p" || event.key === "k") step(-1);
    else if (event.key === "/") box.focus();
    else return;
    event.preventDefault();
  });
})();
