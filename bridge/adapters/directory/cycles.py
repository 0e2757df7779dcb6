"""Finding the circles among references: groups that contain themselves, parents that are their own ancestors."""

from collections.abc import Mapping, Sequence


def circles(edges: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """One chain for each circle met, its first word repeated at the end: ``("a", "b", "a")``.

    Every circle shares a reference with a chain that is returned, so that cutting those and looking again ends.
    """
    done: set[str] = set()
    found = []
    for start in edges:
        if start in done:
            continue
        trail = [start]
        on_trail = {start}
        waiting = [iter(edges[start])]
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                last = trail.pop()
                on_trail.discard(last)
                done.add(last)
            elif following in on_trail:
                found.append((*trail[trail.index(following) :], following))
            elif following in edges and following not in done:
                trail.append(following)
                on_trail.add(following)
                waiting.append(iter(edges[following]))
    return found
