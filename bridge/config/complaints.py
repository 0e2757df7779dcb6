"""Makes problems of what pydantic found: our sentences, at the place in the file, with nothing secret in them."""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, Final, get_args

from pydantic import BaseModel, Tag
from pydantic_core import ErrorDetails

from bridge.config.wrong import Wrong
from bridge.domain.messages import Message, say
from bridge.domain.problems import Problem
from bridge.files.spelling import closest, looks_like_token, shown
from bridge.files.trees import Path, Tree, spot_in

TABLE: Final = say("A table of keys and values is expected here.")
LIST: Final = say("A list is expected here.")
ONE_VALUE: Final = say("One value is expected here, not several.")
WHOLE: Final = say("A whole number is expected here.")
NUMBER: Final = say("A number is expected here.")

SENTENCES: Final = {
    "model_type": TABLE,
    "model_attributes_type": TABLE,
    "dict_type": TABLE,
    "tuple_type": LIST,
    "string_type": ONE_VALUE,
    "is_instance_of": ONE_VALUE,
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "string_pattern_mismatch": say("This is neither auto nor the id of a room."),
}
"""By pydantic's name of the error."""

FOLLOWING: Final = "default_factory_not_called"
"""A default could not be made because another setting is wrong, which is told on its own."""
NOT_AMONG: Final = ("literal_error", "enum")
CHOOSES: Final = "type"
"""The key that says which others its section has: while it is wrong, nothing can be said of them."""


def problems_from(errors: list[ErrorDetails], model: type[BaseModel], file: str, tree: Tree) -> Iterator[Problem]:
    """One problem for each of the ``errors`` of validating ``tree`` as ``model``, but for those that follow."""
    found = [(error, tuple(step for step in error["loc"] if not _is_inner(step))) for error in errors]
    unclear = {path[:-1] for error, path in found if error["type"] in NOT_AMONG and path[-1:] == (CHOOSES,)}
    for error, path in found:
        if error["type"] == FOLLOWING or (path[:-1] in unclear and path[-1] != CHOOSES):
            continue
        if error["type"] == "extra_forbidden" and not isinstance(path[-1], int):
            known = _keys_at(model, error["loc"][:-1])
            yield Problem(spot_in(file, tree, path), unknown_key(path[-1], known))
        else:
            yield Problem(spot_in(file, tree, path), _sentence(error, path))


def unknown_key(key: str, known: list[str]) -> Message:
    """What to say about a key that no setting has."""
    if looks_like_token(key):
        return say("This looks like an access token where the name of a setting belongs.")
    guess = closest(key, known)
    if guess:
        return say("There is no setting {key} here; did you mean {guess}?", key=shown(key), guess=guess)
    return say("There is no setting {key} here; there are: {known}.", key=shown(key), known=tuple(known))


def _is_inner(step: str | int) -> bool:
    """Whether a step of the path is pydantic's own name for a branch of a union or a validator."""
    return isinstance(step, str) and ("[" in step or step == "nullable")


def _sentence(error: ErrorDetails, path: Path) -> Message:
    context: dict[str, Any] = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, Wrong):
        return cause.message
    kind, key = error["type"], path[-1] if path else ""
    if kind == "missing":
        return say("{key} is missing.", key=key)
    if kind in NOT_AMONG:
        return _not_among(str(error["input"]), str(context.get("expected", "")))
    if kind == "greater_than_equal":
        return say("This number must be at least {least}.", least=context["ge"])
    if kind == "less_than_equal":
        return say("This number must be at most {most}.", most=context["le"])
    return SENTENCES.get(kind) or say("This cannot be used: {reason}.", reason=error["msg"])


def _not_among(written: str, expected: str) -> Message:
    """``expected`` is pydantic's enumeration: ``'fr' or 'en'``."""
    known = tuple(part.strip("' ") for part in expected.replace(" or ", ",").split(",") if part.strip())
    guess = closest(written, known)
    if guess:
        return say("{word} is not known here; did you mean {guess}?", word=shown(written), guess=guess)
    return say("{word} is not known here; it may be one of: {known}.", word=shown(written), known=known)


def _keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys of the section that ``path`` leads to, pydantic's own steps included: they choose among branches."""
    section: Any = model
    for step in path:
        if _is_inner(step):
            section = next((one for one in get_args(_bare(section)) if _tag_of(one) == step), section)
        elif isinstance(step, str):
            section = _bare(section).model_fields[step].annotation
        else:
            section = get_args(_bare(section))[0]
    return list(_bare(section).model_fields)


def _tag_of(branch: Any) -> str:
    return next((word.tag for word in getattr(branch, "__metadata__", ()) if isinstance(word, Tag)), "")


def _bare(annotation: Any) -> Any:
    """The section behind its tag, or behind "or none"."""
    if isinstance(annotation, UnionType):
        return next(one for one in get_args(annotation) if one is not NoneType)
    return get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation
