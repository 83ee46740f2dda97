#!/usr/bin/env python3
"""Python's matchers in the race: the same names and texts as `cargo bench --bench race`.

    python3 benches/race.py [--names N] [--bytes N] [--engines spacy,flashtext,pyahocorasick]

Runs the bench (which prints the lines of exonym, aho-corasick and daachorse, and writes down the
names and texts that they get), then spaCy's PhraseMatcher, flashtext and pyahocorasick, one thread
each, in a virtual environment of its own under target/race/. Prints a JSON line per text and engine
as the bench does, and at the end how many times as fast exonym is.

They are slow: each gets the first N bytes of every text (1,000,000; spaCy a tenth), in whole
documents, once; what they were given stands in `bytes`. With --names N they get every n-th name, so
that there are N: building a PhraseMatcher of a million names takes minutes and gigabytes.

`build_s`: seconds of processor time from the list to a matcher; `bytes_per_name`: growth of the
process's memory by it; `matching_bytes`: the same, by all names; `open_ms`: null, for none has a
stored form that opens faster than it is built. spaCy matches the tokens of a blank pipeline (`xx`),
which are made in the measured time, as exonym's are.
"""

import argparse
import gc
import json
import os
import pathlib
import subprocess
import sys
import time
import venv

PACKAGES = {"spacy": "spacy", "flashtext": "flashtext", "pyahocorasick": "pyahocorasick"}
HERE = pathlib.Path(__file__).resolve().parent.parent
FOLDER = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")) / "race"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--names", type=int, default=0, help="names to give (default: all)")
    parser.add_argument("--bytes", type=int, default=1_000_000, help="bytes of each text")
    parser.add_argument("--engines", default=",".join(PACKAGES), help="which to run")
    parser.add_argument("--inside", metavar="ENGINE", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    options = arguments()
    if options.inside:
        race(options, options.inside)
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = bench()
    python = environment(options.engines.split(","))
    for engine in options.engines.split(","):
        # A process each, so that the memory of one is not that of another.
        given = ["--names", str(options.names), "--bytes", str(options.bytes)]
        command = [python, __file__, *given, "--inside", engine]
        lines += results(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    table(lines)


def bench():
    command = ["cargo", "bench", "--bench", "race", "--", "--dump", str(FOLDER)]
    return results(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE))


def results(process):
    """The JSON lines that a process prints; all of its lines are passed on."""
    found = []
    for line in process.stdout:
        print(line, end="", flush=True)
        if line.startswith("{"):
            found.append(json.loads(line))
    if process.wait() != 0:
        sys.exit(f"{process.args[0]} ended with {process.returncode}")
    return found


def environment(engines):
    """The Python of a virtual environment that has the engines."""
    place = FOLDER / "venv"
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
    packages = [PACKAGES[engine] for engine in engines]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return str(python)


def resident():
    """Bytes of memory of this process."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as status:
        return int(status.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def race(options, engine):
    names = (FOLDER / "names.list").read_text("utf-8").split("\n")[:-1]
    if 0 < options.names < len(names):
        step = len(names) / options.names
        names = [names[int(number * step)] for number in range(options.names)]
    build, bytes_wanted = ENGINES[engine], options.bytes
    if engine == "spacy":
        bytes_wanted //= 10
    before, start = resident(), time.process_time()
    count = build(names)
    build_s, held = time.process_time() - start, resident() - before
    for path in sorted(FOLDER.glob("*.txt")):
        documents, size = [], 0
        for document in path.read_text("utf-8").split("\n"):
            if size >= bytes_wanted:
                break
            documents.append(document)
            size += len(document.encode()) + 1
        start = time.process_time()
        mentions = sum(count(document) for document in documents)
        speed = size / 1e6 / (time.process_time() - start)
        line = {
            "text": path.stem,
            "engine": engine,
            "names": len(names),
            "bytes": size,
            "mb_s": round(speed, 3),
            "mentions": mentions,
            "build_s": round(build_s, 2),
            "bytes_per_name": round(held / len(names), 1),
            "matching_bytes": held,
            "open_ms": None,
        }
        print(json.dumps(line, separators=(",", ":")), flush=True)


def spacy_phrases(names):
    import spacy
    from spacy.matcher import PhraseMatcher

    nlp = spacy.blank("xx")
    matcher = PhraseMatcher(nlp.vocab)
    for first in range(0, len(names), 10_000):
        matcher.add("name", list(nlp.tokenizer.pipe(names[first : first + 10_000])))

    def count(text):
        return len(spacy.util.filter_spans(matcher(nlp.make_doc(text), as_spans=True)))

    return count


def flashtext_keywords(names):
    from flashtext import KeywordProcessor

    processor = KeywordProcessor(case_sensitive=True)
    for name in names:
        processor.add_keyword(name)
    return lambda text: len(processor.extract_keywords(text))


def pyahocorasick_longest(names):
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for number, name in enumerate(names):
        automaton.add_word(name, number)
    automaton.make_automaton()
    return lambda text: sum(1 for _ in automaton.iter_long(text))


ENGINES = {
    "spacy": spacy_phrases,
    "flashtext": flashtext_keywords,
    "pyahocorasick": pyahocorasick_longest,
}


def table(lines):
    """exonym's speed, and how many times as fast it is, by text and engine."""
    speed = {(line["text"], line["engine"]): line["mb_s"] for line in lines}
    engines = [engine for engine in ENGINES if any(engine == known for _, known in speed)]
    print(f"\n| text | exonym, MB/s | {' | '.join(engines)} |")
    print("|---|---|" + "---|" * len(engines))
    for text in dict.fromkeys(text for text, _ in speed):
        own = speed[text, "exonym"]
        cells = [speed.get((text, engine)) for engine in engines]
        shown = ["-" if not cell else f"{cell:.2f} ({own / cell:.0f}x)" for cell in cells]
        print(f"| {text} | {own:.0f} | {' | '.join(shown)} |")


if __name__ == "__main__":
    main()
