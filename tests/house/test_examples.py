"""The files that people copy from say what the code does."""

import ast
import inspect
import itertools
import textwrap
from pathlib import Path
from typing import get_args

import yaml
from pydantic import BaseModel

from bridge.config.loading import load_config
from bridge.config.registration import registration_of
from bridge.config.settings import Config, ConfigFile
from bridge.config.tokens import SHIPPED_AS_TOKEN, SHIPPED_HS_TOKEN, refuse_weak_tokens

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.yaml"


def example(folder: Path) -> Config:
    """The example as somebody would have it who has made keys and set the shipped tokens."""
    (folder / "keys").mkdir()
    (folder / "keys/data.key").write_text("A" * 43)
    (folder / "keys/audit.key").write_text("E" + "A" * 42)
    (folder / "config.yaml").write_text(EXAMPLE.read_text())
    env = {"PARVIS_AS_TOKEN": SHIPPED_AS_TOKEN, "PARVIS_HS_TOKEN": SHIPPED_HS_TOKEN}
    return load_config(folder / "config.yaml", env)


def sections_of(model: type[BaseModel]) -> set[type[BaseModel]]:
    """Itself and all that its keys are made of."""
    kinds = (kind for field in model.model_fields.values() for kind in (field.annotation, *get_args(field.annotation)))
    inner = (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))
    return {model, *(one for kind in inner for one in sections_of(kind))}


def explained(section: type[BaseModel]) -> set[str]:
    """The keys that a docstring follows, in its source or that of what it is made from."""
    found = set()
    for made_from in (one for one in section.mro() if issubclass(one, BaseModel) and one is not BaseModel):
        (defined,) = ast.parse(textwrap.dedent(inspect.getsource(made_from))).body
        assert isinstance(defined, ast.ClassDef)
        for one, after in itertools.pairwise(defined.body):
            if isinstance(one, ast.AnnAssign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                found.add(ast.unparse(one.target))
    return found


def test_the_example_configuration_is_valid(tmp_path: Path) -> None:
    assert example(tmp_path).homeserver.server_name == "ateliers-lumiere.example"


def test_the_example_shows_every_setting() -> None:
    text = EXAMPLE.read_text()
    missing = {name for section in sections_of(ConfigFile) for name in section.model_fields if f"{name}:" not in text}
    assert missing == set()


def test_every_setting_is_explained() -> None:
    sections = {
        "homeserver",
        "appservice",
        "database",
        "directory",
        "secrets",
        "safety",
        "lifecycle",
        "retention",
        "creating",
        "bots",
        "language",
        "timezone",
    }
    silent = {name for section in sections_of(ConfigFile) for name in section.model_fields.keys() - explained(section)}
    assert silent <= sections


def test_what_is_commented_out_would_be_valid_too(tmp_path: Path) -> None:
    keys = ("room_version", "visibility")
    lines = EXAMPLE.read_text().splitlines()
    text = "\n".join(line.replace("# ", "", 1) if line.strip("# ").startswith(keys) else line for line in lines)
    (tmp_path / "keys").mkdir()
    for number, name in enumerate(("data.key", "audit.key")):
        (tmp_path / "keys" / name).write_text("AE"[number] + "A" * 42)
    (tmp_path / "config.yaml").write_text(text)
    config = load_config(tmp_path / "config.yaml", {"PARVIS_AS_TOKEN": "a" * 32, "PARVIS_HS_TOKEN": "b" * 32})
    assert config.homeserver.room_version == "12"


def test_the_shipped_registration_matches_the_example(tmp_path: Path) -> None:
    assert yaml.safe_load((ROOT / "registration.yaml").read_text()) == registration_of(example(tmp_path))


def test_the_shipped_tokens_are_refused(tmp_path: Path) -> None:
    assert len(refuse_weak_tokens(example(tmp_path))) == 2
