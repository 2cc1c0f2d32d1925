"""docs/access.md from matrix.yaml: `python -m libertad.access.reference > docs/access.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from libertad.access.matrix import ANYONE, AUTHOR, NODE, PATH, matrix, roles
from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import label

HEAD = """# Who may do what

This page is made from `libertad/access/matrix.yaml`; change that file, then run
`python -m libertad.access.reference > docs/access.md`. What stands in neither table is for nobody.

A right is three things at once: the role may (this page), the officer's authority holds the key of the
compartment (a reader of that file), and the officer's access has not ended. A person's protection file
(`care`) is read by the care authority, by a deciding authority that it asked to decide, and never by police.
"""

ABOUT = """*About* is whom an entry may be about; any one of its rules suffices. What an authority says about
others' things is refused at home, and held as an alarm where it arrives.

- `self`: the speaking authority, its device or its node
- `own`: a subject that the speaking authority began
- `owner`: who owns the file
- `namer`: who owns the file, or named that reader
- `reader`: any present reader of the file, beside what others say
- `responsible`: the authority that the file is kept for (its force, prosecution, care or deciding authority)
- `counterpart`: whom the subject's state names (the holder, to whom it is offered, who is asked)
- `both`: takes effect once the owners of both sides have said it
- `coordinator`: who coordinates or supports, in the operation's one file
- `coordination-2`: who owns the operation's one file; a second authority's signature comes later
- `inviter-once`: who invited the authority, once
- `none`: this node alone; never believed from another"""


def people(names: Iterable[str]) -> str:
    role_names = set(names)
    if ANYONE in role_names:
        return "anyone"
    itself = ["the node itself"] if NODE in role_names else []
    itself += ["who began it, of their own words"] if AUTHOR in role_names else []
    if role_names >= set(roles()):
        return ", ".join(["every role", *itself])
    return ", ".join([*(role for role in roles() if role in role_names), *itself]) or "nobody"


def page(groups: Mapping[str, list[str]]) -> str:
    law = matrix()
    lines = [HEAD, "## Roles", "", "| role | in words | groups |", "| --- | --- | --- |"]
    for role in roles():
        member = ", ".join(name for name, names in groups.items() if role in names)
        lines.append(f"| `{role}` | {label('roles', role)} | {member} |")
    lines += [
        "",
        "## Entries",
        "",
        ABOUT,
        "",
        "| entry | in | about | say | read | supersede |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for verb, right in law.entries.items():
        kinds = ", ".join(sorted(right.kinds))
        if right.before:
            kinds += f" (before: {', '.join(sorted(right.before))})"
        lines.append(
            f"| `{verb}` | {kinds} | {', '.join(right.about)} | {people(right.say)} | {people(right.read)} "
            f"| {people(right.supersede)} |"
        )
    lines += [
        "",
        "## Pages",
        "",
        "HEAD goes with GET. Every other method is refused.",
        "",
        "| route | GET | POST |",
        "| --- | --- | --- |",
    ]
    for route, methods in law.routes.items():
        get, post = (people(methods[method]) if method in methods else "" for method in ("get", "post"))
        lines.append(f"| `{route}` | {get} | {post} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    sys.stdout.write(page(yamlfile.read(PATH)["groups"]))


if __name__ == "__main__":
    main()
