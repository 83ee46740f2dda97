#!/usr/bin/env python3
"""Write gazetteer/countries.csv and gazetteer/exemplar-cities.csv from CLDR.

The names come from two npm packages of the Unicode CLDR project:

    npm pack cldr-localenames-full      (main/<locale>/territories.json)
    npm pack cldr-dates-full            (main/<locale>/timeZoneNames.json)

Unpack both outside the repository and run

    python3 cldr.py LOCALENAMES_FOLDER DATES_FOLDER

where each folder is the one that holds `main/`. What is an entity, its id,
kind, coordinates and population stand in countries.tsv and cities.tsv beside
this script and are written by hand; CLDR gives the names only. The output is
deterministic. A report of everything that was changed or dropped is printed.
"""

import csv
import json
import re
import sys
import unicodedata
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADER = ("id,name,lang,role,policy,since,until,kind,country,parent,"
          "lat,lon,weight,same_as,source,note").split(",")

# Locales whose names are vetted (CLDR coverage modern or moderate), and a few
# more that are complete and sound. Regional variants only where they differ
# from their base (see VARIANTS). English comes first: it is the default.
LOCALES = """en af ak am ar as ast az ba be bg bn br bs ca ce ckb cs cv cy da
de dsb el eo es et eu fa fi fil fo fr fy ga gd gl gsw gu ha he hi hr hsb ht hu
hy id ig is it ja jv ka kea kk km kn ko kok ku ky lb lg ln lo lt lv mg mi mk ml
mn mr ms mt my ne nl nn no om or pa pl ps pt qu rm rn ro ru sc sd se si sk sl
so sq sr sv sw ta te tg th ti tk to tr tt ug uk ur uz vi wo yo zh zu""".split()
VARIANTS = {"es-419": "es", "pt-PT": "pt", "sr-Latn": "sr", "zh-Hant": "zh"}
# Written as variants of the base language, not as a language of its own.
MERGED = {"es-419"}

# Languages of the news that the gazetteer is made for. In the others a short
# name that none of these has is weak: it is some word somewhere.
NEWS = set("""en ar bg bs cs da de el es et fa fi fr he hi hr hu hy id it ja
ka kk ko lt lv mk ms nl no pl ps pt ro ru sk sl sq sr sv sw th tr uk ur uz vi
zh az be ca cy eu ga gl is mt ku tg tk af es-419 pt-PT sr-Latn zh-Hant""".split())
# Languages whose country names are short stems, equal to Russian words for
# the people (mn Чех, Швед, Герман): longer names count as short there.
STEMS = {"mn": 8, "ce": 6, "cv": 6}

# Locales in which most values are plain English: English values there are
# gaps, not names.
ENGLISH_GAPS = {"fil", "ig", "zu"}

# Codes outside ISO 3166-1 (exceptionally reserved): no iso: identifier.
NOT_ISO = {"AC", "DG", "IC", "TA"}

# (locale, code): the display that news uses where CLDR has another. The plain
# CLDR value stays as a variant.
DISPLAY = {
    ("en", "CD"): "DR Congo", ("en", "CG"): "Republic of the Congo",
    ("fr", "CD"): "République démocratique du Congo",
    ("fr", "CG"): "République du Congo",
    ("de", "CD"): "Demokratische Republik Kongo",
    ("de", "CG"): "Republik Kongo",
    ("es", "CG"): "República del Congo",
    ("it", "CD"): "Repubblica Democratica del Congo",
    ("it", "CG"): "Repubblica del Congo",
    ("pt", "CD"): "República Democrática do Congo",
    ("nl", "CD"): "Democratische Republiek Congo",
    ("nl", "CG"): "Republiek Congo",
    ("ru", "CD"): "Демократическая Республика Конго",
    ("ru", "CG"): "Республика Конго",
    ("uk", "CD"): "Демократична Республіка Конго",
    ("uk", "CG"): "Республіка Конго",
    ("ar", "CD"): "جمهورية الكونغو الديمقراطية", ("ar", "CG"): "جمهورية الكونغو",
    ("tr", "CD"): "Demokratik Kongo Cumhuriyeti",
    ("tr", "CG"): "Kongo Cumhuriyeti",
    ("en", "VC"): "St. Vincent and the Grenadines",
    ("fr", "MM"): "Birmanie", ("fr", "VN"): "Vietnam", ("fr", "VA"): "Vatican",
    ("fr", "MU"): "île Maurice", ("de", "CI"): "Elfenbeinküste",
    ("es", "CI"): "Costa de Marfil", ("pl", "CI"): "Wybrzeże Kości Słoniowej",
    ("es", "TL"): "Timor Oriental", ("de", "TL"): "Osttimor",
    ("de", "BN"): "Brunei", ("de", "CV"): "Kap Verde",
    ("en", "011"): "West Africa", ("en", "014"): "East Africa",
    ("en", "015"): "North Africa", ("en", "017"): "Central Africa",
    ("en", "030"): "East Asia", ("en", "034"): "South Asia",
    ("ru", "US"): "США", ("uk", "US"): "США", ("bg", "US"): "САЩ",
    ("be", "US"): "ЗША", ("ru", "KR"): "Южная Корея", ("ru", "ZA"): "ЮАР",
}
# A generic word that opens a name is written in lower case in these.
LOWER_FIRST = {"fr": "Îles?|Archipel", "es": "Islas?|Archipiélago",
               "es-419": "Islas?", "it": "Isol[ae]", "pt": "Ilhas?",
               "pt-PT": "Ilhas?", "ca": "Illes|Illa", "gl": "Illas?"}
# Values that nobody writes.
REFUSED = {"Wlk. Bryt.", "É.-U.", "R.-U.", "جزر فوكلاند - جزر مالفيناس"}

# (code, locale): the short or the variant value is the usual one in news, so
# the two change places.
SWAP = {("TR", "en"), ("CI", "en"), ("TL", "en")}

# Territories whose short value is the display in every language: the long one
# is official ("Hong Kong SAR China") and is dropped, or kept as a variant.
SHORT_FIRST = {"HK": False, "MO": False, "PS": True}

# "A (B)": B is a second name of the same place in these territories. For all
# others the parenthesis is an explanation and is cut off.
TWO_NAMES = {"MM", "FK", "CI", "TL", ("pa", "US")}
# "A, B": two names of one place.
COMMA_NAMES = {("ha", "MM"), ("ha", "SY")}

# One string, several codes. These are decided by hand, each with its reason.
# A bare "Congo" is neither state: Congo-Kinshasa and Congo-Brazzaville are
# asked for, and the bare name is a hand-written short name (countries-more).
CONGO = {"CD", "CG"}
CONGO_BARE = {"congo", "kongo", "конго", "konqo", "kongu", "congu", "ancongo",
              "achongo", "ycongo", "ilkongo", "конга", "الكونغو", "קונגו",
              "koongoo", "ኮንጎ", "ကွန်ဂို", "ڪانگو"}
# The name of the continent America is, in most languages, the common name of
# the United States: 019 keeps plural and compound names only.
AMERICA = {"america", "amerika", "америка", "ameriko", "amerique", "امریکا",
           "amerike", "amarika", "amerigka", "amairika", "amerihka",
           "yramerig", "amerikka", "ameryka", "ameerika", "ameriki"}
# (locale, code): values that are wrong, too general, or another place's name.
DROP = {("ky", "PF"), ("qu", "VA"), ("ru", "UM"), ("hy", "UM"), ("qu", "CD"),
        # other places' names in languages nearby
        ("wo", "018"), ("it", "018"), ("es-419", "018"), ("uk", "VI"),
        ("bs", "018"), ("hr", "018"), ("sl", "018"),
        ("sr-Latn", "018"), ("sr", "018"), ("ru", "057"), ("ce", "057"),
        ("no", "057"), ("nn", "057"), ("mk", "SX"), ("to", "RU"),
        ("gd", "NE"), ("mi", "TD"), ("ckb", "053"), ("lo", "053"),
        ("ps", "053"), ("zh-Hant", "053")}
# America in the singular (the United States), or a list of both halves.
DROP |= {(locale, "019") for locale in """am be bn ckb el gu he hy km lo mn mr
         my om or pa sd si sr sr-Latn sv se th ug""".split()}
# Regions that hardly any language tells from a greater one.
ONLY = {"021": {"en", "de", "fr"}}
# Values that are words or given names elsewhere: tagged with evidence only,
# or only as the same characters. (locale, value) -> policy; * = any locale.
POLICY = {
    ("*", "Island"): "weak",            # Iceland in German, Nordic languages
    ("*", "Man"): "weak",
    ("*", "Rom"): "title", ("*", "Rim"): "title", ("tr", "Fas"): "title",
    ("ku", "Fas"): "weak", ("ha", "Sin"): "exact weak", ("ha", "Sham"): "weak",
    ("af", "Pole"): "weak", ("fi", "Viro"): "",
    ("vi", "Anh"): "exact weak", ("vi", "Nga"): "exact weak",
    ("vi", "Mỹ"): "exact", ("vi", "Ý"): "exact", ("vi", "Áo"): "exact",
    ("vi", "Úc"): "exact", ("vi", "Bỉ"): "exact", ("vi", "Đức"): "exact",
    ("vi", "Pháp"): "exact", ("vi", "Séc"): "exact", ("vi", "Síp"): "exact",
    ("en", "Turkey"): "strong", ("en", "China"): "strong",
    ("en", "US"): "upper strong", ("en", "UK"): "upper strong",
    ("tr", "Mısır"): "strong", ("fr", "Suisse"): "strong",
    ("fr", "Chine"): "strong", ("pl", "Niemcy"): "strong",
    ("pl", "Czechy"): "strong", ("pl", "Chiny"): "strong",
    ("es", "Chile"): "strong", ("pt", "Chile"): "strong",
    ("pt", "Camarões"): "strong", ("es", "Catar"): "strong",
    ("pt", "Catar"): "strong",
}
# Given names, saints and words that a territory shares: weak in any locale.
for _name in """Granada|Salvador|San Martín|San Martin|St. Martin|Saint Martin
São Martinho|Saint-Martin|Santa Elena|Santa Helena|Sant'Elena|Santa Lucía
Santa Lúcia|Reunión|Riunione|Reunião|Maurice|Mauricio|Maurício|Dominique
San Bartolomé|São Bartolomeu|Norfolk|Monserrate|Guadalupe|Ascension
Sveti Martin|Guadalupa""".replace("\n", "|").split("|"):
    POLICY["*", _name] = "weak"
# Abbreviations of the United States and others that are never held back, and
# those that are so only as the same characters (ABŞ is not ABS).
for _name in """США САЩ ЗША АКШ АҚШ АҠШ АНУ АЦШ АПШ ΗΠΑ USA
        EUA ABD SHBA ZDA ОАЭ КНДР ЮАР""".split():
    POLICY["*", _name] = "upper strong"
POLICY["*", "ABŞ"] = POLICY["*", "AQSH"] = "exact strong"
# Abbreviations that are words or other abbreviations in news text: left out.
NO_ABBREVIATION = {"AS", "SA", "GB", "ΗΒ", "RU", "RA", "ИМ", "ИБ", "УБ", "МБ",
                   "SAM", "DAY", "VS", "VK", "BK", "MB", "KM", "DU", "QY",
                   "ОК", "JK", "ZK", "EB", "SU", "TR", "A.S", "R.U.", "R. U.",
                   "S.U.", "i-U.K.", "i-U.S", "RX", "UDA", "ÜK", "Wlk. Bryt.",
                   "UK", "USA", "US", "U.S.", "БК", "УК", "GT", "IUA"}
# ... but these stay, in the languages that write them.
ABBREVIATION = {("en", "UK"), ("en", "US"), ("de", "USA"), ("it", "USA"),
                ("cs", "USA"), ("sk", "USA"), ("pl", "USA"), ("fi", "USA"),
                ("et", "USA"), ("hu", "USA"), ("nl", "VS"), ("nl", "VK"),
                ("af", "VK"), ("no", "USA"), ("sv", "USA"), ("da", "USA")}

report = []


def note(locale, code, text):
    report.append(f"{locale}\t{code}\t{text}")


def fold(text):
    """Letters and digits only, without accents and case: to compare names."""
    text = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in text
                   if unicodedata.category(c)[0] in "LN"
                   or (unicodedata.category(c)[0] == "M" and ord(c) > 0x370
                       and ord(c) not in (0x0306, 0x0308)))


def plain(value):
    """NFC, plain apostrophes and spaces, no soft hyphens or joiners at ends."""
    value = unicodedata.normalize("NFC", value)
    value = re.sub("[\u00ad\u200b\u200e\u200f\u2060\ufeff]", "", value)
    value = re.sub("[\u2018\u2019\u02bc]", "'", value)
    value = re.sub("[\u00a0\u2007\u202f]", " ", value)
    value = value.replace("（", " (").replace("）", ")").replace("［", "[")
    value = re.sub(r"\s+[-–—]\s*", "-", value)
    return re.sub(r"\s+", " ", value).strip().strip("\u200c\u200d")


def names_of(locale, code, raw, is_main=True):
    """The clean names that one CLDR value stands for; the first is the best."""
    if not raw or raw in REFUSED or (raw == code and is_main) \
            or raw == f"{code}-variant":
        return []
    value = plain(raw)
    if (locale, code) in DISPLAY and is_main:
        value, plainer = DISPLAY[locale, code], value
        return [value] + [n for n in names_of(locale, "", plainer) if n != value]
    if locale in LOWER_FIRST:                   # running text: les îles Cook
        value = re.sub(f"^({LOWER_FIRST[locale]})\\b",
                       lambda m: m.group().lower(), value)
    if locale == "uk":
        value = re.sub(r"\b(Острови|Острів)\b", lambda m: m.group().lower(), value)
    if "¨" in value:
        note(locale, code, f"typing error: {raw}")
        return []
    if locale == "zu":                          # the class prefix: i-Syria
        value = re.sub(r"^[EIei]-?(?=[A-Z])", "", value)
    if locale == "ru":
        value = re.sub(r"\bо-в(а?)\b", r"остров\1", value)
    names = [value]
    found = re.search(r"\s*[(\[](.*?)[)\]]\s*", value)
    if found:
        outer = (value[:found.start()] + " " + value[found.end():]).strip()
        if (code in TWO_NAMES or (locale, code) in TWO_NAMES) \
                and found.end() == len(value):
            names = [outer, found.group(1).strip()]
        elif code in CONGO:
            # "Congo (DRC)" is no name; "Конго (Киншаса)" is Congo-Kinshasa.
            city = found.group(1)
            join = "" if locale.startswith("zh") else "-"
            names = [] if not is_main else [outer + join + city]
            if locale == "ja":
                names = [outer]
        else:
            names = [outer] if outer else []
        note(locale, code, f"{raw} -> {names}")
    split = []
    for name in names:
        if re.search(r"[,،、，;/]", name):
            parts = [p.strip() for p in re.split("[,،]", name)]
            split += parts[::-1] if (locale, code) in COMMA_NAMES else []
            note(locale, code, f"comma: {raw} -> {split}")
        elif name and not re.search(r"[(\[)\]]", name):
            split.append(name)
    more = []
    for name in split:
        if locale == "en" and " & " in name:
            more.append(name.replace(" & ", " and "))
        if locale == "ga":                      # the article is not the name
            bare = re.sub(r"^(an|na) ", "", name)
            more += [name, bare] if bare != name else []
        elif locale == "mt":
            bare = re.sub(r"^(il|l|i[tdnrsxzċż])-", "", name)
            more += [name, bare] if bare != name else []
        more.append(name)
    return list(dict.fromkeys(more))


def is_abbreviation(name):
    """USA, U.S., РФ; not Britannia, and not a short name without case."""
    letters = [c for c in name if c.isalpha()]
    if letters and any(c.islower() for c in letters):
        return False
    return "." in name or (len(letters) <= 5 and any(c.isupper() for c in letters))


def policy(locale, name, usual=()):
    """usual: the folded names of the entity in the languages of the news."""
    for key in ((locale, name), ("*", name)):
        if key in POLICY:
            return POLICY[key]
    first = unicodedata.name(name[0], "").split()[0]
    if locale in NEWS or name.isupper() or not name.replace("'", "").isalpha() \
            or first not in ("LATIN", "CYRILLIC") or fold(name) in usual:
        return ""
    if len(name) <= 3:
        return "exact weak"
    return "weak" if len(name) <= STEMS.get(locale, 4) else ""


def load(folder, locale, *path):
    """The part of a CLDR file that `path` (file name, keys) leads to."""
    data = json.loads((folder / "main" / locale / path[0]).read_text("utf-8"))
    data = data["main"][locale]
    for step in path[1:]:
        data = data[step]
    return data


def territory_names(folder, locale, codes):
    """code -> {role: [names]} of one locale, cleaned; canonical is one name."""
    data = load(folder, locale, "territories.json", "localeDisplayNames",
                "territories")
    result = {}
    for code in codes:
        main = names_of(locale, code, data.get(code))
        short = names_of(locale, code, data.get(f"{code}-alt-short"), False)
        other = names_of(locale, code, data.get(f"{code}-alt-variant"), False)
        if code == "NZ" and locale != "en":
            other = []                          # mixed Maori and local names
        if code in CONGO:
            main = [n for n in main if fold(n) not in CONGO_BARE]
            other = [n for n in other if fold(n) not in CONGO_BARE]
            if not main:
                main, other = other, []
        if code in SHORT_FIRST and short:
            main, short, other = short, [], main if SHORT_FIRST[code] else other
        elif code in SHORT_FIRST and not SHORT_FIRST[code]:
            main = []
        if (code, locale) in SWAP and (other or short):
            main, other = (other or short), main
            short = []
        if not main or (locale, code) in DROP \
                or locale not in ONLY.get(code, (locale,)):
            continue
        roles = {"canonical": main[:1], "variant": main[1:] + other,
                 "short": [], "abbreviation": []}
        for name in short:
            if not is_abbreviation(name):
                roles["short"].append(name)
            elif name not in NO_ABBREVIATION or (locale, name) in ABBREVIATION:
                roles["abbreviation"].append(name)
        result[code] = roles
    return result


def settle(locale, table, rows):
    """One string for several codes within a locale: keep one, or none."""
    owner = {}
    for code, roles in table.items():
        for name in roles["canonical"]:
            owner.setdefault(fold(name), []).append(code)
    for folded, codes in sorted(owner.items()):
        if "019" in codes and (folded in AMERICA or len(codes) > 1):
            codes.remove("019")
            table.pop("019")
            note(locale, "019", f"{folded}: left to the United States")
        if len(codes) < 2:
            continue
        # A country before a region, then the more populous; two territories
        # of the same name (the two Virgin Islands) lose it both.
        rank = sorted(codes, key=lambda c: (rows[c]["kind"] != "country",
                                            c == "SX",
                                            -int(rows[c]["population"])))
        both = set(codes) <= {"VG", "VI"} or set(codes) <= CONGO \
            or set(codes) <= {"DM", "DO"}
        for code in rank if both else rank[1:]:
            table.pop(code)
        note(locale, "/".join(codes),
             f"{folded}: " + ("none" if both else f"kept for {rank[0]}"))
    # Australasia: "Australia and New Zealand" is a list, not a name.
    region = table.get("053")
    if region and len(region["canonical"][0].split()) > 1:
        note(locale, "053", f"list: {region['canonical'][0]}")
        table.pop("053")


def zone_cities(folder, locale):
    """zone -> exemplar city of one locale."""
    try:
        tree = load(folder, locale, "timeZoneNames.json", "dates",
                    "timeZoneNames", "zone")
    except (FileNotFoundError, KeyError):
        return {}
    found = {}

    def walk(node, path):
        for key, value in node.items():
            if isinstance(value, dict):
                if "exemplarCity" in value:
                    found["/".join(path + [key])] = value["exemplarCity"]
                walk(value, path + [key])

    walk(tree, [])
    return found


def table(name, key):
    """A hand-written table beside this script, by its key column."""
    with open(HERE / name, encoding="utf-8", newline="") as lines:
        return {row[key]: row for row in csv.DictReader(lines, delimiter="\t")}


class Writer:
    """Rows of the CSV contract, an entity at a time."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8", newline="")
        self.out = csv.writer(self.file, lineterminator="\n")
        self.out.writerow(HEADER)
        self.rows = self.names = self.entities = 0

    def entity(self, row, same_as, lines):
        """lines: (locale, role, policy, [names]); the first one is English."""
        first = True
        for locale, role, rule, names in lines:
            cells = [row["id"], "|".join(names), locale, role, rule, "", ""]
            cells += [row["kind"], row["country"], "", row["lat"], row["lon"],
                      row["population"], same_as, "CLDR", ""] if first else [""] * 9
            self.out.writerow(cells)
            first = False
            self.rows += 1
            self.names += len(names)
        self.entities += 1

    def close(self):
        self.file.close()
        return f"{self.entities} entities, {self.rows} rows, {self.names} names"


def write_countries(folder, path):
    """All names of all territories; returns the countries' names per locale."""
    rows = table("countries.tsv", "code")
    names = {}
    for locale in LOCALES + sorted(VARIANTS):
        names[locale] = territory_names(folder, locale, rows)
        settle(locale, names[locale], rows)
    english = names["en"]
    for locale in ENGLISH_GAPS:
        for code in [c for c, roles in names[locale].items()
                     if roles["canonical"] == english[c]["canonical"]
                     or roles["canonical"][0] in english[c]["variant"]]:
            names[locale].pop(code)
    out = Writer(path)
    for code, row in rows.items():
        lines = []
        usual = {fold(name) for locale in NEWS
                 for name in names[locale].get(code, {}).get("canonical", [])}
        for locale in LOCALES + sorted(VARIANTS):
            roles = names[locale].get(code)
            if not roles:
                continue
            base = names.get(VARIANTS.get(locale), {}).get(code)
            seen = set(sum(base.values(), [])) if base else set()
            taken = set()
            for role in ("canonical", "variant", "short", "abbreviation"):
                groups = {}
                for name in roles[role]:
                    if fold(name) in taken or name in seen or not fold(name):
                        continue
                    taken.add(fold(name))
                    groups.setdefault(policy(locale, name, usual), []).append(name)
                for rule, group in groups.items():
                    merged = locale in MERGED
                    lines.append((VARIANTS[locale] if merged else locale,
                                  "variant" if merged else role, rule, group))
        same = f"m49:{code}" if code.isdigit() else f"iso:{code}"
        out.entity(row, "" if code in NOT_ISO else same, lines)
    print("countries:", out.close())
    # for the cities: locale -> folded names of countries
    return {locale: {fold(n): code for code, roles in found.items()
                     for n in roles["canonical"] + roles["variant"]
                     if not code.isdigit()}
            for locale, found in names.items()}


# City names that a country has too, and rightly (Tunis and Tunisia are one
# word in Arabic; Mexico is the French name of the city).
SHARED = {"tunis", "algiers"}
SHARED_PAIRS = {("mexico-city", "fr"), ("mexico-city", "it")}
# (locale or all, city): exemplars that are wrong or too few to be worth it.
CITY_DROP = {
    ("ln", "*"), ("kok", "kolkata"), ("cs", "sao-tome"), ("sk", "sao-tome"),
}
CITY_FIX = {("ar", "hebron"): "الخليل"}


def clean_city(locale, raw):
    """The city's name without explanations: Tripoli (Libye), Knox, Indiana."""
    name = re.sub(r"\s*[(\[].*?[)\]]", "", plain(raw)).strip()
    name = re.split(r"[,،、]", name)[0].strip()
    if locale == "zu":
        name = re.sub(r"^[iIeE]-(?=[A-Z])", "", name)
    return name


def write_cities(folder, path, countries):
    """The exemplar cities of cities.tsv, one canonical name per locale."""
    rows = table("cities.tsv", "zone")
    found = {l: zone_cities(folder, l) for l in LOCALES + sorted(VARIANTS)}
    out = Writer(path)
    any_country = set().union(*(countries[l] for l in
                                "en fr de es it pt nl ru uk pl tr ar".split()))
    for zone, row in rows.items():
        city = row["id"]
        rule = row["policy"]
        lines = [("en", "canonical", rule, [row["name"]])]
        usual = {fold(plain(found[l][zone])) for l in NEWS if zone in found[l]}
        told = plain(found["en"].get(zone, zone.split("/")[-1].replace("_", " ")))
        if told != row["name"]:
            note("en", city, f"exemplar {told}, table {row['name']}")
        for locale in LOCALES[1:] + sorted(VARIANTS):
            raw = found[locale].get(zone)
            if not raw or (locale, city) in CITY_DROP or (locale, "*") in CITY_DROP:
                continue
            name = CITY_FIX.get((locale, city)) or clean_city(locale, raw)
            if name != plain(raw):
                note(locale, city, f"{raw} -> {name}")
            folded = fold(name)
            if not folded or folded in ("zona", "zone"):
                note(locale, city, f"dropped {raw}")
                continue
            if (folded in countries[locale] or folded in any_country) \
                    and city not in SHARED and (city, locale) not in SHARED_PAIRS:
                note(locale, city, f"dropped {raw}: a country's name")
                continue
            if locale in VARIANTS:
                base = found[VARIANTS[locale]].get(zone)
                if base and clean_city(locale, base) == name:
                    continue
            elif fold(row["name"]) == folded and name == row["name"]:
                continue                        # says no more than English
            weak = rule if folded == fold(row["name"]) else policy(locale, name, usual)
            if locale in MERGED:
                lines.append((VARIANTS[locale], "variant", weak, [name]))
            else:
                lines.append((locale, "canonical", weak, [name]))
        out.entity(row, "", lines)
    print("cities:", out.close())


# What readers of the generated lists found to be wrong or dangerous, row by row: a form to be left
# out, to be given a policy, or to be kept on purpose with a note.
FIXES = HERE / "cldr-fixes.csv"


def settle_with_lists(path):
    """The hand-written lists win over a generated one: a name that they state of an entity is left
    out, a canonical name in a language where they state another becomes a variant; then FIXES."""
    stated, canonical = set(), set()
    for other in sorted(HERE.parent.glob("*.csv")):
        if other.name in ("countries.csv", "exemplar-cities.csv", "ids.csv"):
            continue
        for row in csv.DictReader(open(other, encoding="utf-8", newline="")):
            for form in row["name"].split("|"):
                stated.add((row["id"], row["lang"], form))
            if row["role"] == "canonical":
                canonical.add((row["id"], row["lang"]))
    fixes = {}
    for row in csv.DictReader(open(FIXES, encoding="utf-8", newline="")):
        fixes[row["id"], row["lang"], row["name"]] = row
    rows, entity = [], None
    for row in csv.DictReader(open(path, encoding="utf-8", newline="")):
        first, entity = row["id"] != entity, row["id"]
        forms = row["name"].split("|")
        kept = []
        for form in forms:
            fix = fixes.get((row["id"], row["lang"], form)) or fixes.get((row["id"], "*", form))
            if fix and fix["action"] == "drop" or not first and (row["id"], row["lang"], form) in stated:
                continue
            if fix:
                row[fix["action"]] = fix["value"]
            kept.append(form)
        if row["role"] == "canonical" and not first and (row["id"], row["lang"]) in canonical:
            row["role"] = "variant"
        if kept:
            row["name"] = "|".join(kept)
            rows.append(row)
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(HEADER), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    localenames, dates = map(Path, sys.argv[1:])
    countries = write_countries(localenames, HERE.parent / "countries.csv")
    write_cities(dates, HERE.parent / "exemplar-cities.csv", countries)
    for path in ("countries.csv", "exemplar-cities.csv"):
        settle_with_lists(HERE.parent / path)
    print("\ncleaned or dropped (locale, code or id, what):")
    print("\n".join(report))


if __name__ == "__main__":
    main()
