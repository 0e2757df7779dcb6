"""Where groups of files stand, for rules of the policy file: paths and attributes. For YAML, JSON and CSV."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bridge.domain.mapping import Origin

DESCRIPTION: Final = "description"
"""The attribute that the purpose is, as on LDAP servers, unless one of this name is written."""

Steps = tuple[str, ...]
Values = Mapping[str, Sequence[str]]


def steps_of(path: str) -> Steps:
    """A written path (``/Sales/Projects``) from the root."""
    return tuple(step for one in path.split("/") if (step := one.strip()))


def paths_of(groups: Iterable[tuple[str, str, str]]) -> list[Steps]:
    """From the root to each group, given as id, parent and written path: what is written, else the ids of those above
    it and its own. A parent that is not here stands for itself; groups that are above themselves begin anew."""
    rows = list(groups)
    parents = {id_: parent for id_, parent, _ in rows}
    found = {id_: steps for id_, _, path in rows if (steps := steps_of(path))}
    for id_, _, _ in rows:
        way = [id_]
        while way[-1] and way[-1] not in found and (above := parents.get(way[-1], "")) and above not in way:
            way.append(above)
        steps = found.get(way[-1], (way[-1],))
        found.setdefault(way[-1], steps)
        for one in reversed(way[:-1]):
            steps = found[one] = (*steps, one)
    return [found[id_] for id_, _, _ in rows]


def origin(path: Steps, attributes: Values, purpose: Iterable[str]) -> Origin:
    """What rules may ask about; ``purpose`` in each language."""
    described = {DESCRIPTION: tuple({text: None for text in purpose if text})}
    named = {**described, **{name.lower(): values for name, values in attributes.items()}}
    return Origin(
        path=path, attributes=tuple((name, tuple(sorted(values))) for name, values in sorted(named.items()) if values)
    )
