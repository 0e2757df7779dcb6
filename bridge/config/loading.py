"""Reads config.yaml. Called by every verb of the command line, before anything else."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from bridge.config.complaints import problems_from
from bridge.config.secret import FILE, Sources
from bridge.config.settings import Config, ConfigFile
from bridge.config.tokens import SECRET_PATHS, misplaced_tokens, repeated_secrets
from bridge.domain.messages import LANGUAGES, Language, say
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.files.reading import read_bytes, refuse, text_of
from bridge.files.trees import Path as Steps
from bridge.files.trees import Scalar, Table, Tree, path_text, plain, spot_in
from bridge.files.yaml_text import yaml_tree

OPEN_TO_OTHERS: Final = 0o077


def load_config(path: Path, env: Mapping[str, str], *, stand_ins: bool = False) -> Config:
    """The settings in the file at ``path``, with secrets from ``env`` and from files; with ``stand_ins``, secrets are
    not read, and words that open nothing take their place.

    Relative paths in the file are relative to its folder. Raises ``InvalidInput`` with every problem at once.
    """
    if not path.exists():
        refuse(str(path), say("This file does not exist: name yours with --config, or make one with parvis init."))
    tree = _tree(path)
    if not isinstance(tree, Table):
        refuse(str(path), say("A table of keys and values is expected here."))
    problems = list(misplaced_tokens(tree, str(path)))
    places = {problem.spot for problem in problems}
    try:
        settings = ConfigFile.model_validate(plain(tree), context=Sources(path.absolute().parent, env, stand_ins))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        found = problems_from(errors, ConfigFile, str(path), tree)
        raise InvalidInput([*problems, *(problem for problem in found if problem.spot not in places)]) from None
    config = Config.model_construct(
        **{name: getattr(settings, name) for name in ConfigFile.model_fields},
        file=path,
        warnings=() if stand_ins else tuple(_warnings(tree, path)),
    )
    problems += repeated_secrets(config, tree)
    problems += _missing_policies(config, tree)
    if problems:
        raise InvalidInput(problems)
    return config


def written_language(path: Path) -> Language | None:
    """The language that the file at ``path`` asks for, or leaves as it is, whatever else is wrong with it; None where
    it cannot be read at all."""
    try:
        tree = _tree(path)
    except InvalidInput:  # which ``load_config`` has told
        return None
    written = _written(tree, ("language",))
    return written if written in LANGUAGES else str(ConfigFile.model_fields["language"].default)


def spot_of(path: Path, steps: Steps) -> Spot:
    """Where ``steps`` lead to in the file at ``path``; without a line where it cannot be read any more. For what is
    found to be wrong with it later than by ``load_config``."""
    try:
        return spot_in(str(path), _tree(path), steps)
    except InvalidInput:  # it was in order a moment ago, and the keys tell the place
        return Spot(str(path), path=path_text(steps))


def _tree(path: Path) -> Tree:
    return yaml_tree(text_of(read_bytes(path, limit_mib=1), str(path)), str(path))


def _missing_policies(config: Config, tree: Tree) -> Iterator[Problem]:
    if config.policies and not config.policies.is_file():
        yield Problem(spot_in(str(config.file), tree, ("policies",)), say("This file does not exist."))


def _warnings(tree: Tree, path: Path) -> Iterator[Problem]:
    """Secrets that other users of the machine can read: in the configuration itself, or in a file that it names."""
    for steps in sorted(SECRET_PATHS):
        written = _written(tree, steps)
        if written.startswith(FILE):
            holder = path.absolute().parent / written.removeprefix(FILE).strip()
        elif written and not written.startswith("env:") and steps != ("database", "url"):
            holder = path
        else:
            continue
        if holder.stat().st_mode & OPEN_TO_OTHERS:
            message = say("Others can read this secret: chmod 600 {file}.", file=str(holder))
            yield Problem(spot_in(str(path), tree, steps), message, warning=True)


def _written(tree: Tree, steps: tuple[str, ...]) -> str:
    """The text under ``steps`` as it stands in the file; empty when there is none."""
    for step in steps:
        tree = tree.entries.get(step, Scalar("")) if isinstance(tree, Table) else Scalar("")
    return tree.text if isinstance(tree, Scalar) else ""
