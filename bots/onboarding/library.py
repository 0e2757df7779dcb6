"""The paths that there are: those that are shipped, and an organisation's own, which take their place by id.

Read once when the bot is made, and by ``parvis check``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path as File
from typing import Final

from bots.onboarding.paths import Path, Who
from bots.onboarding.reading import read_all
from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.files.reading import read_bytes, text_of

SHIPPED: Final = "paths"
SUFFIX: Final = ".yaml"
LIMIT_MIB: Final = 1


@dataclass(frozen=True, slots=True)
class Library:
    """Paths by id."""

    paths: Mapping[str, Path]

    def get(self, path_id: str) -> Path | None:
        """The path with this id; None when it is not there any more."""
        return self.paths.get(path_id)

    def path_for(self, who: Who, *, department: str = "", kind: str = "") -> Path | None:
        """The most particular path for somebody; the first by id where several are equally so."""
        fitting = [path for path in self.paths.values() if _fits(path, who, department, kind)]
        return min(fitting, key=lambda path: (-path.audience.narrow, path.id), default=None)


def shipped() -> tuple[Path, ...]:
    """The paths of the distribution."""
    found = sorted(files(__package__).joinpath(SHIPPED).iterdir(), key=lambda file: file.name)
    return tuple(
        read_all((file.name, partial(file.read_text, encoding="utf-8")) for file in found if file.name.endswith(SUFFIX))
    )


def library(folder: File | None = None) -> Library:
    """All paths, those in ``folder`` in place of shipped ones with the same id. Raises ``InvalidInput``."""
    own = _own(folder) if folder else ()
    return Library({path.id: path for path in (*shipped(), *own)})


def _own(folder: File) -> Iterable[Path]:
    if not folder.is_dir():
        raise InvalidInput([Problem(Spot(str(folder)), say("This folder does not exist."))])
    found = sorted(folder.glob(f"*{SUFFIX}"))
    paths = read_all((str(file), partial(_read, file)) for file in found)
    taken: dict[str, File] = {}
    for path, file in zip(paths, found, strict=True):
        if (other := taken.setdefault(path.id, file)) != file:
            message = say("{other} holds a path with the same id, {id}.", other=other.name, id=path.id)
            raise InvalidInput([Problem(Spot(str(file), path="id"), message)])
    return paths


def _read(file: File) -> str:
    return text_of(read_bytes(file, limit_mib=LIMIT_MIB), str(file))


def _fits(path: Path, who: Who, department: str, kind: str) -> bool:
    audience = path.audience
    departments, kinds = audience.departments, audience.kinds
    return audience.who is who and (not departments or department in departments) and (not kinds or kind in kinds)
