#!/usr/bin/env python3
"""Find and verify the external ids (same_as) of the gazetteer's entities.

    ids.py fill GAZETTEER REFERENCE... [--groups SDN ALT UN] [--except FILE]
                [--far FILE] -o OUT
    ids.py check GAZETTEER REFERENCE... [--groups SDN ALT UN] [--except FILE]

GAZETTEER is the folder of our lists (*.csv). A REFERENCE is a CSV in the same
form, plain or gzip, with the columns id,name,lang,role,kind,country,lat,lon,
weight,same_as, whose entities carry wikidata:, geonames: or iso: ids; or a
list of GeoNames units of the first or second level (admin1CodesASCII.txt,
admin2Codes.txt: code, name, ascii name, id, tabs between, no header), plain or
gzip; or the zip of Natural Earth's populated places. The
three files after --groups are the OFAC lists (sdn.csv, alt.csv) and the UN
consolidated list (XML), plain or gzip. The file after --except is a CSV with
the columns id,same_as,why: pairs that agree by name and are known to differ.
Whether the ids of a reference may be published with our lists is for its
licence to say, not for this program.

`fill` writes one row per entity for which ids were found: the entity's
canonical English name again, with the ids in same_as. `check` prints each id
of our lists that the references do not confirm, as `file:line: id: why`, and
exits with 1 if there is one. A line with counts goes to stderr.

An id of a place is confirmed where, for our entity and the reference's,
  * a name is the same after folding (see `fold`),
  * the kinds are of one class (see CLASSES); region and county, which often
    share a name, must be the same kind,
  * the country code is the same; for countries and territories the iso: id
    is, and then kinds and distance do not matter. Continents and waters of
    the references carry no country, there only the name and distance count;
  * the distance is at most what LIMIT says, or a fifth of it where the main
    name of the reference is not among ours;
  * populations, where both are known, differ by less than POPULATION times,
    except within NEAR_KM.
`fill` takes an id only where one reference entity is clearly the best of those
confirmed (see `choose`), bears no main name of its own that is that of another
entity of ours in the country, and no other entity of ours has as good a claim
to it. A wikidata: id is taken only where the main name of the reference is
among ours: merged references may label a town by the item of its district.

The id of a region or county is confirmed, too, where a GeoNames unit of the
same country bears one of our canonical names or variants, as it stands or
without words such as Province and State of (see `bare`); regions are units of
the first level (of the second in LOWER), counties of the second. The unit may lie as far as UNIT_KM
says (its coordinates are those of its towns, so they tell little of a big
one). `fill` takes it only where the pair is the only one on both sides, names
as they stand before bare ones.

Where an entity has an id of one scheme, `fill` adds that of the other from the
references that carry both and are confirmed, if all of these say the same.

Nothing but ids is taken over: names, coordinates and populations stay ours.

An id of a group is confirmed where a full name of the listed entity equals one
of our names, one that has a word too long for an acronym. `fill` takes it only
where the pair is the only one on both sides.

The output is deterministic.
"""

import argparse
import csv
import gzip
import io
import math
import re
import sys
import unicodedata
import xml.etree.ElementTree as ElementTree
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

HEADER = ("id,name,lang,role,policy,since,until,kind,country,parent,"
          "lat,lon,weight,same_as,source,note").split(",")

# Ids we take from the references, in the order they are written.
PLACE_SCHEMES = ("wikidata", "geonames")
GROUP_SCHEMES = ("ofac", "un")
SCHEMES = PLACE_SCHEMES + GROUP_SCHEMES

# Names that identify an entity; abbreviations, demonyms, decoys and search
# forms do not.
NAMING = {"canonical", "variant", "short", "historic"}

# Names a unit of a country may be found by: former and short ones may be
# another's.
UNIT_NAMING = {"canonical", "variant"}

# Kinds that may be the same place; others never match.
CLASSES = {"city": "settlement", "locality": "settlement",
           "region": "area", "county": "area", "country": "country",
           "continent": "continent", "neighbourhood": "neighbourhood",
           "water": "water", "site": "site"}
# Largest distance in km between the coordinates of one place.
LIMIT = {"settlement": 25, "site": 25, "neighbourhood": 6, "area": 150,
         "water": 500, "continent": math.inf, "country": math.inf}
# The same where one of two settlements is a locality: villages of one name
# lie close together.
LOCALITY_KM = 10
# A main name that is not among ours makes the limit that much smaller.
STRICTER = 5
# Classes that references list without a country.
STATELESS = {"continent", "water"}
# Populations of one place may differ this much (years, city or agglomeration).
POPULATION = 30
NEAR_KM = 5
# Two candidates of equal names: the nearer wins if it is this much nearer.
NEARER, NEARER_KM = 0.5, 5
# Countries whose first-level units are countries or entities of their own: our
# regions are units of the second level there.
LOWER = {"BA", "GB", "PS"}
# Largest distance in km of a unit's towns from our coordinates, by level.
UNIT_KM = {1: 1500, 2: 100}
# Settlements farther than this from their only namesake are reported.
FAR_KM = 60

GROUP_KINDS = {"armed_group", "party", "igo", "alliance", "organization"}
# A group's name needs a word of this length: shorter ones are acronyms.
LONG_WORD = 5

# Apostrophes and their like vanish; hyphens and dashes are spaces.
FOLDS = str.maketrans({**dict.fromkeys("'`´’‘‛ʼʻʾʿʹˈ′\u05f3\u0640", ""),
                       **dict.fromkeys("-‐‑‒–—―−\u05be_", " ")})
# Words that say what a unit is, in folded names.
UNIT_WORDS = ("autonomous region|autonomous republic|autonomous province|"
              "autonomous oblast|autonomous okrug|province|oblast|region|"
              "governorate|regional state|state|county|district|prefecture|"
              "territory|krai|kray|oblisi|republic|voivodeship|department|"
              "division|canton|emirate")
UNIT_PREFIX = re.compile(
    f"(?:the )?(?:{UNIT_WORDS}|departement|gouvernorat|departamento|estado|"
    "provincia|wilaya|muhafazat|comunidad autonoma)"
    " (?:of the|of|de la|de|du|des|del|do|da|di) ")
UNIT_SUFFIX = re.compile(f" (?:{UNIT_WORDS})$")
QUOTES = re.compile(r"[\"“”„«».,;:]")
PARENTHESIS = re.compile(r"\([^)]*\)")


def fold(name):
    """The name without case, marks, apostrophes and hyphens."""
    name = name.translate(FOLDS)
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name)
        name = "".join(c for c in name if not unicodedata.combining(c))
        name = name.translate(FOLDS)
    return " ".join(name.casefold().split())


def bare(name):
    """A folded name without the words that say what kind of unit it is."""
    name = UNIT_PREFIX.sub("", name) if UNIT_PREFIX.match(name) else name
    return UNIT_SUFFIX.sub("", name)


def open_text(path):
    """Open a text file, plain or gzip, told by its first bytes."""
    stream = open(path, "rb")
    magic = stream.read(2)
    stream.seek(0)
    if magic == b"\x1f\x8b":
        stream = gzip.open(stream)
    return io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")


def number(text):
    """The number in a cell, or None."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


@dataclass
class Entity:
    """An entity of ours or of a reference."""
    id: str
    kind: str = ""
    country: str = ""
    lat: float = None
    lon: float = None
    weight: float = None
    english: str = ""                             # canonical English name
    names: set = field(default_factory=set)       # folded
    strong: set = field(default_factory=set)      # of these, canonical ones
    current: set = field(default_factory=set)     # of these, UNIT_NAMING
    ids: list = field(default_factory=list)       # (curie, file, line)
    level: int = 0                # of a reference: 1 or 2, a GeoNames unit's
    unit: set = field(default_factory=set)        # folded names of that unit

    def scheme(self, scheme):
        """The ids of one scheme."""
        return [c for c, _, _ in self.ids if c.startswith(scheme + ":")]

    @property
    def iso(self):
        """The ISO 3166-1 code the entity itself has, or None; codes with a
        hyphen are those of its regions."""
        codes = [c for c in self.scheme("iso") if "-" not in c]
        return codes[0] if codes else None

    @property
    def area(self):
        """The class of its kind; an iso: id makes it a country."""
        return "country" if self.iso else CLASSES.get(self.kind)

    def describe(self):
        """The entity's columns; the first row that states one counts."""
        place = "" if self.lat is None else f" {self.lat:g} {self.lon:g}"
        return f"{self.english} [{self.kind} {self.country}{place}]"

    def read(self, row, where, line):
        """Take the columns and names of one row."""
        get = lambda column: row.get(column) or ""
        self.kind = self.kind or get("kind")
        self.country = self.country or get("country")
        for column in ("lat", "lon", "weight"):
            if getattr(self, column) is None:
                setattr(self, column, number(get(column)))
        if self.lat == 0 == self.lon:
            self.lat = self.lon = None            # means unknown in references
        role = get("role") or "variant"
        forms = [form.strip() for form in get("name").split("|")]
        if role in NAMING:
            folded = {fold(form) for form in forms} - {""}
            self.names |= folded
            if role in UNIT_NAMING:
                self.current |= folded
            if role == "canonical":
                self.strong |= folded
                if get("lang") == "en":
                    self.english = self.english or forms[0]
        self.ids += [(curie, where, line)
                     for curie in get("same_as").split("|") if curie]


def read_gazetteer(folder, leave_out=None):
    """Our entities by id, over all files of the folder."""
    entities = {}
    for path in sorted(Path(folder).glob("*.csv")):
        if leave_out and path.resolve() == Path(leave_out).resolve():
            continue
        with open_text(path) as stream:
            reader = csv.DictReader(stream)
            for row in reader:
                if not row.get("id") or row.get("role") == "decoy":
                    continue
                entity = entities.setdefault(row["id"], Entity(row["id"]))
                entity.read(row, path.name, reader.line_num)
    return entities


def read_references(paths, wanted, curies=()):
    """The reference entities that share a folded name with `wanted` or carry
    an id of `curies`; their rows stand together."""
    kept = []
    wanted, curies = set(wanted), set(curies)

    def keep(entity):
        if entity and (not entity.names.isdisjoint(wanted)
                       or not wanted.isdisjoint(map(bare, entity.unit))
                       or any(c in curies for c, _, _ in entity.ids)):
            entity.english = entity.english or entity.id
            kept.append(entity)

    units = {}
    for path in paths:
        if zipfile.is_zipfile(path):
            for entity in read_natural_earth(path):
                keep(entity)
            continue
        with open_text(path) as stream:
            if "\t" in stream.readline():
                stream.seek(0)
                units.update(read_units(stream, path))
    for path in paths:
        if zipfile.is_zipfile(path):
            continue
        with open_text(path) as stream:
            reader = csv.reader(stream)
            header = next(reader)
            if "\t" in ",".join(header):
                continue
            missing = {"id", "name", "same_as"} - set(header)
            if missing:
                sys.exit(f"{path}: no column {', '.join(sorted(missing))}")
            entity = None
            for cells in reader:
                row = dict(zip(header, cells))
                if not entity or row["id"] != entity.id:
                    keep(entity)
                    entity = Entity(row["id"])
                entity.read(row, str(path), reader.line_num)
            keep(entity)
    # The references' entity of a unit tells where it is.
    for entity in kept:
        for curie in entity.scheme("geonames"):
            unit = units.pop(curie, None)
            if unit and entity.area == "area":
                entity.level, entity.unit = unit.level, unit.unit
    for unit in units.values():
        keep(unit)
    return kept


def read_units(stream, path):
    """A list of GeoNames units: curie -> unit, without coordinates."""
    units = {}
    for line, text in enumerate(stream, 1):
        code, name, ascii_name, id_ = text.rstrip("\r\n").split("\t")
        level = code.count(".")
        names = {fold(name), fold(ascii_name)} - {""}
        units["geonames:" + id_] = Entity(
            code, kind="region" if level == 1 else "county",
            country=code.split(".")[0], english=name, names=names,
            ids=[("geonames:" + id_, str(path), line)], level=level,
            unit=names)
    return units


def read_natural_earth(path):
    """The populated places of Natural Earth that have an id."""
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dbf"))
        table = archive.read(name)
    count = int.from_bytes(table[4:8], "little")
    start, size = (int.from_bytes(table[at:at + 2], "little")
                   for at in (8, 10))
    columns, offset = {}, 1
    for at in range(32, start - 1, 32):
        title = table[at:at + 11].split(b"\0")[0].decode().upper()
        columns[title] = slice(offset, offset + table[at + 16])
        offset += table[at + 16]
    for line in range(1, count + 1):
        record = table[start + (line - 1) * size:start + line * size]
        get = lambda column: record[columns[column]].decode().strip(" \0")
        curies = []
        if get("WIKIDATAID").startswith("Q"):
            curies.append("wikidata:" + get("WIKIDATAID"))
        if (number(get("GEONAMEID")) or 0) > 0:
            curies.append(f"geonames:{number(get('GEONAMEID')):.0f}")
        entity = Entity(f"{get('NAME')} ({line})")
        for column, role in (("NAME", "canonical"), ("NAME_EN", "canonical"),
                             ("NAMEASCII", "canonical"), ("NAMEALT", ""),
                             ("NAME_DE", ""), ("NAME_ES", ""), ("NAME_FR", ""),
                             ("NAME_PT", ""), ("NAME_RU", ""),
                             ("NAME_ZH", "")):
            entity.read({
                "name": get(column), "role": role, "lang": "en",
                "kind": "city", "country": get("ISO_A2"),
                "lat": get("LATITUDE"), "lon": get("LONGITUDE"),
                "weight": get("POP_MAX")}, str(path), line)
        entity.ids = [(curie, str(path), line) for curie in curies]
        if curies:
            yield entity


def distance(one, two):
    """Kilometres between two entities; None where coordinates are missing."""
    if None in (one.lat, one.lon, two.lat, two.lon):
        return None
    a, b = math.radians(one.lat), math.radians(two.lat)
    half = (math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b)
            * math.sin(math.radians(two.lon - one.lon) / 2) ** 2)
    return 12742 * math.asin(math.sqrt(min(1, half)))


def unit_rank(ours, theirs):
    """0 if the reference is a GeoNames unit that bears a name of ours, 1 if
    that is so without the words for units, None if it is not."""
    if (not theirs.level or ours.area != "area"
            or ours.country != theirs.country
            or (theirs.level == 1) != (ours.kind == "region"
                                       and ours.country not in LOWER)
            or (distance(ours, theirs) or 0) > UNIT_KM[theirs.level]):
        return None
    if not ours.current.isdisjoint(theirs.unit):
        return 0
    names = {bare(name) for name in ours.current}
    return None if names.isdisjoint(map(bare, theirs.unit)) else 1


def objection(ours, theirs):
    """Why the reference entity is not ours, or None if it is confirmed."""
    if unit_rank(ours, theirs) is not None:
        return None
    return objection_to_place(ours, theirs)


def objection_to_place(ours, theirs):
    """Why the reference entity is not ours, leaving out that it may be a
    GeoNames unit of the name; None if it is confirmed."""
    if ours.names.isdisjoint(theirs.names):
        return f"no name is shared with {theirs.describe()}"
    if ours.iso or theirs.iso:
        if ours.iso != theirs.iso:
            return f"the iso code differs from {theirs.describe()}"
        return None
    if not ours.area or ours.area != theirs.area:
        return f"{ours.kind} is not {theirs.kind} ({theirs.describe()})"
    if ours.area not in STATELESS and ours.country != theirs.country:
        return f"country {ours.country or '-'} is not {theirs.country or '-'}"
    if ours.area == "area" and ours.kind != theirs.kind:
        return f"{ours.kind} is not {theirs.kind} ({theirs.describe()})"
    limit = LIMIT[ours.area]
    if limit == math.inf:
        return None
    if ours.area == "settlement" and "locality" in (ours.kind, theirs.kind):
        limit = LOCALITY_KM
    if ours.names.isdisjoint(theirs.strong):
        limit /= STRICTER
    apart = distance(ours, theirs)
    if apart is None:
        return "coordinates are missing"
    if apart > limit:
        return f"{apart:.0f} km from {theirs.describe()}"
    if ours.weight and theirs.weight and apart > NEAR_KM:
        ratio = ours.weight / theirs.weight
        if not 1 / POPULATION < ratio < POPULATION:
            return f"population differs {max(ratio, 1 / ratio):.0f} times"
    return None


def claim(ours, theirs):
    """How good a confirmed pair is: same kind, shared names, kilometres."""
    return (ours.kind == theirs.kind, len(ours.names & theirs.names),
            distance(ours, theirs) or 0)


def better(one, two):
    """True if the first claim is clearly the better one."""
    if one[0] != two[0]:
        return one[0]
    nearer = one[2] < two[2] * NEARER and two[2] - one[2] > NEARER_KM
    if one[1] > two[1]:
        return not (two[2] < one[2] * NEARER and one[2] - two[2] > NEARER_KM)
    return one[1] == two[1] and nearer


def choose(claims):
    """The key of the one claim that is better than all others, or None."""
    for key, value in claims.items():
        if all(better(value, other) for rival, other in claims.items()
               if rival != key):
            return key
    return None


def by_name(entities):
    """Indexes of entities by folded name."""
    index = defaultdict(set)
    for position, entity in enumerate(entities):
        for name in entity.names:
            index[name].add(position)
    return index


def namesakes(entity, index):
    """Positions of the entities that share a name, in order."""
    return sorted(set().union(*(index.get(name, ()) for name in entity.names)))


def match_places(ours, references, excepted=frozenset()):
    """Map of our ids to the reference entity that is the same place."""
    index = by_name(references)
    mains = defaultdict(set)       # class, country, main name -> our ids
    for entity in ours:
        for name in entity.strong:
            mains[entity.area, entity.country, name].add(entity.id)

    def bears_another(entity, reference):
        """True if the reference's main name is rather another of ours."""
        return entity.strong.isdisjoint(reference.strong) and any(
            mains.get((entity.area, entity.country, name), set()) - {entity.id}
            for name in reference.strong)

    claims = {}                    # our id -> position -> claim
    for entity in ours:
        found = {position: claim(entity, references[position])
                 for position in namesakes(entity, index)
                 if objection_to_place(entity, references[position]) is None
                 and not bears_another(entity, references[position])
                 and not any((entity.id, curie) in excepted for curie, _, _
                             in references[position].ids)}
        if found:
            claims[entity.id] = found
    wishes = {id_: choose(found) for id_, found in claims.items()}
    rivals = defaultdict(dict)
    for id_, position in wishes.items():
        if position is not None:
            rivals[position][id_] = claims[id_][position]
    winners = {position: choose(group) for position, group in rivals.items()}
    return {id_: references[position] for id_, position in wishes.items()
            if position is not None and winners[position] == id_}


def match_units(ours, references, excepted=frozenset()):
    """Map of our ids to the GeoNames unit that alone bears their name."""
    index = defaultdict(list)
    for reference in references:
        if reference.level:
            for name in {bare(n) for n in reference.unit}:
                index[reference.country, name].append(reference)
    claims = defaultdict(dict)     # rank -> (our id, unit id) -> unit
    for entity in ours:
        for name in {bare(n) for n in entity.current}:
            for unit in index.get((entity.country, name), ()):
                rank = unit_rank(entity, unit)
                if rank is not None and not any(
                        (entity.id, c) in excepted
                        for c in unit.scheme("geonames")):
                    claims[rank][entity.id, unit.id] = unit
    matched, taken = {}, set()
    for _, found in sorted(claims.items()):
        found = {pair: unit for pair, unit in found.items()
                 if pair[0] not in matched and pair[1] not in taken}
        of_ours = Counter(id_ for id_, _ in found)
        of_theirs = Counter(unit for _, unit in found)
        for (id_, unit_id), unit in found.items():
            if of_ours[id_] == 1 == of_theirs[unit_id]:
                matched[id_] = unit
            else:
                matched.setdefault(id_, None)       # doubtful: no second try
            taken.add(unit_id)
    return {id_: unit for id_, unit in matched.items() if unit}


def partners(ours, curies, references):
    """The ids that the confirmed references join to one of `curies`, one of
    each scheme that `curies` lacks."""
    others = defaultdict(set)
    for reference in references:
        if objection(ours, reference) is not None:
            continue
        for scheme in PLACE_SCHEMES:
            if scheme == "wikidata" and reference.strong.isdisjoint(ours.names):
                continue
            if not any(c.startswith(scheme + ":") for c in curies):
                others[scheme].update(reference.scheme(scheme))
    return [next(iter(ids)) for _, ids in sorted(others.items())
            if len(ids) == 1]


def far_ones(ours, references):
    """Settlements of ours far from their only namesake in the country."""
    index = by_name(references)
    for entity in ours:
        if entity.area != "settlement":
            continue
        others = [references[position] for position in namesakes(entity, index)
                  if references[position].area == "settlement"
                  and references[position].country == entity.country]
        if len(others) != 1:
            continue
        apart = distance(entity, others[0])
        if apart is not None and apart > FAR_KM:
            yield entity, others[0], apart


def distinctive(name):
    """A folded name that is no acronym."""
    return any(len(word) >= LONG_WORD for word in name.split())


def group_name(text):
    """A listed group's name folded, without acronyms in parentheses."""
    return fold(QUOTES.sub(" ", PARENTHESIS.sub(" ", text)))


def read_groups(sdn, alt, un):
    """Listed groups: curie -> folded full names."""
    groups = defaultdict(set)
    with open_text(sdn) as stream:
        for cells in csv.reader(stream):
            # The type of an entity is empty ("-0-"); persons, vessels and
            # aircraft are named.
            if len(cells) > 2 and cells[2].strip() == "-0-":
                groups["ofac:" + cells[0].strip()].add(cells[1])
    with open_text(alt) as stream:
        for cells in csv.reader(stream):
            curie = "ofac:" + cells[0].strip()
            if len(cells) > 3 and curie in groups:
                groups[curie].add(cells[3])
    with open_text(un) as stream:
        for node in ElementTree.parse(stream).iter("ENTITY"):
            reference = (node.findtext("REFERENCE_NUMBER") or "").strip()
            if reference:
                texts = [node.findtext("FIRST_NAME")]
                texts += [a.text for a in node.iter("ALIAS_NAME")]
                groups["un:" + reference].update(t for t in texts if t)
    return {curie: {name for name in map(group_name, texts)
                    if distinctive(name)} for curie, texts in groups.items()}


def group_names(entity):
    """The names of ours that may identify a listed group."""
    return {name for name in (fold(QUOTES.sub(" ", n)) for n in entity.names)
            if distinctive(name)}


def read_exceptions(path):
    """The pairs (our id, foreign id) that are not the same."""
    if not path:
        return frozenset()
    with open_text(path) as stream:
        return frozenset((row["id"], row["same_as"])
                         for row in csv.DictReader(stream))


def match_groups(ours, groups, excepted=frozenset()):
    """Map of our ids to the curies of the listed groups, one per scheme."""
    index = defaultdict(set)
    for curie, names in groups.items():
        for name in names:
            index[name].add(curie)
    found, owners = {}, defaultdict(set)
    for entity in ours:
        if entity.kind not in GROUP_KINDS:
            continue
        found[entity.id] = {
            curie for name in group_names(entity)
            for curie in index.get(name, ())
            if (entity.id, curie) not in excepted}
        for curie in found[entity.id]:
            owners[curie].add(entity.id)
    taken = defaultdict(list)
    for id_, curies in found.items():
        for scheme in GROUP_SCHEMES:
            mine = [c for c in curies if c.startswith(scheme + ":")]
            if len(mine) == 1 and len(owners[mine[0]]) == 1:
                taken[id_].append(mine[0])
    return taken


def fill(args):
    """Write the rows with the ids found."""
    entities = read_gazetteer(args.gazetteer, leave_out=args.output)
    places = [e for e in entities.values() if e.area]
    wanted = set().union(*(e.names for e in places))
    wanted |= {bare(name) for e in places if e.area == "area"
               for name in e.current}
    references = read_references(args.references, wanted)
    excepted = read_exceptions(args.exceptions)
    matches = match_places(places, references, excepted)
    owned = Counter(c for e in entities.values() for c, _, _ in e.ids)
    found = defaultdict(list)
    for id_, reference in matches.items():
        for scheme in PLACE_SCHEMES:
            curies = reference.scheme(scheme)
            if (scheme == "wikidata" and not reference.iso
                    and reference.strong.isdisjoint(entities[id_].names)):
                continue
            if len(curies) == 1:
                found[id_] += curies
    for id_, unit in match_units([e for e in places if not matches.get(e.id)],
                                 references, excepted).items():
        if not entities[id_].scheme("geonames"):
            found[id_] += unit.scheme("geonames")
    carriers = defaultdict(list)
    for reference in references:
        for curie, _, _ in reference.ids:
            carriers[curie].append(reference)
    proposed = defaultdict(set)
    for entity in places:
        curies = {c for c, _, _ in entity.ids} | set(found[entity.id])
        joined = {r.id: r for c in sorted(curies) for r in carriers.get(c, ())}
        for curie in partners(entity, curies, joined.values()):
            if (entity.id, curie) not in excepted:
                proposed[curie].add(entity.id)
    for curie, ids in sorted(proposed.items()):
        if len(ids) == 1 and not owned[curie]:
            found[next(iter(ids))].append(curie)
    if args.groups:
        groups = match_groups(entities.values(), read_groups(*args.groups),
                              excepted)
        for id_, curies in groups.items():
            found[id_] += curies
    owned.update(c for curies in found.values() for c in set(curies))
    rows, counts = [], Counter()
    for id_ in sorted(found):
        entity = entities[id_]
        curies = [c for c in dict.fromkeys(found[id_]) if owned[c] == 1
                  and not entity.scheme(c.split(":")[0])]
        if not curies or not entity.english:
            continue
        curies.sort(key=lambda c: SCHEMES.index(c.split(":")[0]))
        counts.update((entity.kind, c.split(":")[0]) for c in curies)
        row = dict.fromkeys(HEADER, "")
        row.update(id=id_, name=entity.english, lang="en", role="canonical",
                   same_as="|".join(curies))
        rows.append(row)
    with open(args.output, "w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    totals = Counter(e.kind for e in entities.values())
    print(f"{len(rows)} entities with ids", file=sys.stderr)
    for (kind, scheme), count in sorted(counts.items()):
        print(f"{kind} {scheme}: {count} of {totals[kind]}", file=sys.stderr)
    if args.far:
        lines = [f"{e.id}: {e.describe()} is {apart:.0f} km from "
                 f"{other.describe()} {other.id}"
                 for e, other, apart in far_ones(places, references)]
        text = "".join(line + "\n" for line in sorted(lines))
        Path(args.far).write_text(text, encoding="utf-8")
        print(f"{len(lines)} settlements far from their only namesake",
              file=sys.stderr)
    return 0


def check(args):
    """Print the ids of our lists that the references do not confirm."""
    entities = read_gazetteer(args.gazetteer)
    stated = [(entity, curie, where, line) for entity in entities.values()
              for curie, where, line in entity.ids
              if curie.split(":")[0] in SCHEMES]
    holders = defaultdict(set)
    for entity, curie, _, _ in stated:
        holders[curie].add(entity.id)
    references = defaultdict(list)
    for reference in read_references(args.references, (), holders):
        for curie, _, _ in reference.ids:
            references[curie].append(reference)
    groups = read_groups(*args.groups) if args.groups else {}
    excepted = read_exceptions(args.exceptions)
    problems = 0
    for entity, curie, where, line in sorted(
            stated, key=lambda item: (item[2], item[3], item[1])):
        others = holders[curie] - {entity.id}
        if others:
            why = f"stands on {', '.join(sorted(others))} too"
        elif (entity.id, curie) in excepted:
            why = "listed as not the same"
        elif curie.split(":")[0] in GROUP_SCHEMES:
            why = None
            if curie not in groups:
                why = "not in the references"
            elif group_names(entity).isdisjoint(groups[curie]):
                why = "no name is shared"
        elif curie not in references:
            why = "not in the references"
        else:
            reasons = [objection(entity, r) for r in references[curie]]
            why = None if None in reasons else reasons[0]
        if why:
            problems += 1
            print(f"{where}:{line}: {curie}: {entity.id}: {why}")
    print(f"{len(stated)} ids, {problems} not confirmed", file=sys.stderr)
    return 1 if problems else 0


def main():
    """Read the arguments and run the command."""
    parser = argparse.ArgumentParser(
        description="Find and verify the external ids of the gazetteer.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run in (("fill", fill), ("check", check)):
        command = commands.add_parser(name, help=run.__doc__)
        command.set_defaults(run=run)
        command.add_argument("gazetteer", help="folder of our lists")
        command.add_argument("references", nargs="+", metavar="REFERENCE",
                             help="reference CSV, plain or gzip")
        command.add_argument("--groups", nargs=3,
                             metavar=("OFAC_SDN", "OFAC_ALT", "UN_XML"))
        command.add_argument("--except", dest="exceptions", metavar="FILE",
                             help="pairs known to differ: id,same_as,why")
        if name == "fill":
            command.add_argument("--far", metavar="FILE",
                                 help="settlements far from their namesake")
            command.add_argument("-o", "--output", required=True)
    args = parser.parse_args()
    sys.exit(args.run(args))


if __name__ == "__main__":
    main()
