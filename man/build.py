"""Writes the manual from the program itself, so that the two cannot disagree. Read it with: man -M man tts.

python man/build.py           write man/man1, man/man5 and man/man7
python man/build.py --check   fail if they are stale
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # this is a script: it finds its neighbours from wherever it is called

from man.command_pages import command_page, main_page
from man.commands import below, program
from man.config_page import config_page
from man.plugins_page import plugins_page

FOLDER = Path(__file__).parent


def pages() -> dict[Path, str]:
    """Make every page: its path → troff."""
    root = program()
    made = {"man1/tts.1": main_page(root), "man5/tts-config.5": config_page(root), "man7/tts-plugins.7": plugins_page()}
    made |= {f"man1/tts-{name}.1": command_page(name, command) for name, command in below(root).items()}
    return {FOLDER / path: "\n".join(lines) + "\n" for path, lines in made.items()}


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them."""
    made = pages()
    there = {path: path.read_text(encoding="utf-8") for path in FOLDER.glob("man?/*")}
    if "--check" not in arguments:
        for path, text in made.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for path in there.keys() - made.keys():
            path.unlink()
        return 0
    stale = sorted(path.name for path in made.keys() | there.keys() if made.get(path) != there.get(path))
    if stale:
        print(f"stale: {', '.join(stale)}: run `make man`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
