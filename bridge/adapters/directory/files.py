"""A directory file, read and judged in one go: YAML, JSON, LDIF or a realm. Called by ``source``, here or apart."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Final, TypeAlias

from bridge.adapters.directory.drafts import Draft, Fault, Locate, problems_of
from bridge.adapters.directory.fast_json import quick_draft
from bridge.adapters.directory.group_checks import faults_of_groups
from bridge.adapters.directory.keycloak import keycloak_draft
from bridge.adapters.directory.known import Known
from bridge.adapters.directory.ldif import ldif_draft
from bridge.adapters.directory.partner_checks import faults_of_partners
from bridge.adapters.directory.people_checks import faults_of_people
from bridge.adapters.directory.shapes import draft_of
from bridge.domain.directory import Directory, Visibility
from bridge.domain.messages import Message, say
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.files.encodings import UTF8, decoded
from bridge.files.json_text import json_tree
from bridge.files.reading import MIB, read_bytes, text_of
from bridge.files.trees import Path as TreePath
from bridge.files.trees import path_text, spot_in
from bridge.files.yaml_text import yaml_tree
from bridge.ports.directory import Reading

QUICK: Final = MIB // 4
"""From this size on, JSON is first tried the quick way, whose warnings have no line numbers."""

READABLE_BY_OTHERS: Final = 0o004


class Format(StrEnum):
    """How a directory file is written."""

    YAML = "yaml"
    JSON = "json"
    LDIF = "ldif"
    CSV = "csv"
    KEYCLOAK = "keycloak"


LIMITS_MIB: Final = {Format.YAML: 16, Format.JSON: 512, Format.LDIF: 512, Format.CSV: 128, Format.KEYCLOAK: 128}
"""What still ends in bearable time and memory; YAML takes about 2 s per MiB, JSON a hundredth of that."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What some formats tell beside a draft: by group, how many names of members lead nowhere; when accounts end."""

    lost: Mapping[str, int] = field(default_factory=dict)
    ends: tuple[datetime, ...] = ()


NOTHING: Final = Aside()
Judged: TypeAlias = tuple[Directory, tuple[Problem, ...], Aside]
Understood: TypeAlias = tuple[Draft, list[Fault], Locate, Aside]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryFile:
    """Which file, and how it is to be understood; ``visibility`` is what groups get that cannot say it. Unless it is
    ``alone``, other sources may have what it refers to.

    Can be sent to another process, to be read there.
    """

    format: Format
    path: Path
    server_name: str
    visibility: Visibility = Visibility.INVITE_ONLY
    alone: bool = True

    def read_now(self, now: datetime | None = None) -> Reading:
        """The whole reading at once, as of ``now`` (UTC). Raises ``InvalidInput`` with all problems."""
        content = self.content()
        directory, problems, aside = self._judged(content, now)
        if not all(problem.warning for problem in problems):
            raise InvalidInput(problems)
        warnings = (*problems, *self._exposed(directory))
        over = sum(1 for end in aside.ends if now and end <= now)
        until = min((end for end in aside.ends if now and end > now), default=None)
        stamp = f"{stamp_of(content)}+{over}" if over else stamp_of(content)
        return Reading(directory=directory, warnings=warnings, stamp=stamp, lost=aside.lost, until=until)

    def paths(self) -> tuple[Path, ...]:
        """Every file that belongs to it."""
        return (self.path,)

    def content(self) -> bytes:
        """The bytes of the file. Raises ``InvalidInput`` when they cannot be had."""
        return read_bytes(self.path, limit_mib=LIMITS_MIB[self.format], remedy=self._remedy())

    def _judged(self, content: bytes, now: datetime | None) -> Judged:
        if self.format is Format.JSON and len(content) >= QUICK and (draft := quick_draft(_composed(content))):
            directory = draft.directory()
            faults = faults_of(draft, directory, self.server_name, alone=self.alone)
            if all(fault.warning for fault in faults):
                return directory, problems_of(faults, self._spot), NOTHING
        text, spoken = self._text(content)
        draft, faults, locate, aside = self._carefully(text, now)
        directory = draft.directory()
        by_server = self.format is Format.LDIF
        judged = faults_of(draft, directory, self.server_name, circles_allowed=by_server, alone=self.alone)
        return directory, (*spoken, *problems_of([*faults, *judged], locate)), aside

    def _text(self, content: bytes) -> tuple[str, tuple[Problem, ...]]:
        """The text, and in which encoding where it is not the usual one: only what people write themselves must be in
        UTF-8."""
        file = str(self.path)
        if self.format is not Format.LDIF:
            return text_of(_composed(content), file), ()
        text, encoding = decoded(content, file)
        message = say("This file is in {encoding} and is read so.", encoding=encoding)
        return text, (() if encoding == UTF8 else (Problem(Spot(file), message, warning=True),))

    def _carefully(self, text: str, now: datetime | None) -> Understood:
        file = str(self.path)
        if self.format is Format.LDIF:
            ldif = ldif_draft(text, file, self.server_name, self.visibility, now=now)
            return ldif.draft, ldif.faults, lambda path: ldif.locate(file, path), Aside(ldif.lost, ldif.ends)
        tree = yaml_tree(text, file) if self.format is Format.YAML else json_tree(text, file)
        if self.format is Format.KEYCLOAK:
            realm = keycloak_draft(tree, self.server_name, self.visibility)
            return realm.draft, realm.faults, lambda path: realm.locate(file, tree, path), NOTHING
        draft, faults = draft_of(tree, alone=self.alone)
        return draft, faults, lambda path: spot_in(file, tree, path), NOTHING

    def _spot(self, path: TreePath) -> Spot:
        return Spot(str(self.path), path=path_text(path))

    def _remedy(self) -> Message:
        limit = LIMITS_MIB[self.format]
        if self.format is Format.YAML:
            return say("This file is larger than {limit} MiB: write a directory of that size as JSON.", limit=limit)
        return say("This file is larger than {limit} MiB: is it really a directory?", limit=limit)

    def _exposed(self, directory: Directory) -> tuple[Problem, ...]:
        """A warning when other users of the machine may read which hidden groups there are."""
        if not any(group.visibility is Visibility.HIDDEN for group in directory.groups.values()):
            return ()
        read_by_others = [path for path in self.paths() if path.stat().st_mode & READABLE_BY_OTHERS]
        return tuple(Problem(Spot(str(path)), _too_open(path), warning=True) for path in read_by_others)


def _composed(content: bytes) -> bytes:
    """With letters and accents in one character each: who writes ids and members does not see the difference. What is
    no UTF-8 stays, for others to tell."""
    if content.isascii():
        return content
    try:
        return unicodedata.normalize("NFC", content.decode()).encode()
    except UnicodeDecodeError:
        return content


def _too_open(path: Path) -> Message:
    return say(
        "This file declares hidden groups and every user of this machine can read it: chmod o-r {file}.", file=str(path)
    )


def stamp_of(content: bytes) -> str:
    """Changes when ``content`` does."""
    return hashlib.sha256(content).hexdigest()


def faults_of(
    draft: Draft, directory: Directory, server_name: str, *, circles_allowed: bool = False, alone: bool = True
) -> list[Fault]:
    """Everything that is wrong, or worth a warning, in how the rows of a draft refer to each other.

    ``directory`` is the same draft by id. ``circles_allowed`` says that groups may contain one another; unless
    ``alone``, what is not here may be in another source.
    """
    known = Known.of(directory, server_name, alone=alone)
    return list(
        chain(
            faults_of_people(draft.people, known),
            faults_of_partners(draft.partners, known),
            faults_of_groups(draft.groups, known, circles_allowed=circles_allowed),
        )
    )
