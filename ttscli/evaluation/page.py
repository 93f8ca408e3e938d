"""The results as one page: figures, and for each sentence a player and a picture of every pair beside each other."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from ttscli.evaluation.evaluate import Spoken
from ttscli.training.pictures import mel_picture, png

COLUMNS = {
    "wer_percent": ("WER, %", "words that a recogniser did not hear as they were"),
    "mcd_db": ("MCD, dB", "mel-cepstral distance from the recording"),
    "f0_cents": ("f0, cents", "error of the pitch where both are voiced, root mean square"),
    "voicing_errors": ("voicing", "share in which one is voiced and the other is not"),
    "longer": ("longer", "than the recording, as a share of it"),
    "x_real_time": ("x real time", "seconds of speech for a second of work"),
}
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 76em; padding: 0 1em; color: #222; background: #fff }
table { border-collapse: collapse } th, td { padding: .25em 1em .25em 0; text-align: left; vertical-align: top }
th { font-weight: 600; border-bottom: 1px solid #bbb } td.figure { text-align: right; font-variant-numeric: tabular-nums }
.pairs { display: flex; flex-wrap: wrap; gap: 1em } figure { margin: 0; width: 24em } img, audio { width: 100%; display: block }
img { height: 9em } figcaption, .heard { font-size: 13px; color: #555 }
"""


def page(title: str, summaries: Mapping[str, Mapping[str, Any]], spoken: Mapping[str, Sequence[Spoken]]) -> str:
    """Write the page.

    Args:
        title: of the page.
        summaries: figures of each pair.
        spoken: the sentences of each pair, all in one order.

    Returns:
        HTML that needs nothing but the sounds beside it.
    """
    sentences = zip(*spoken.values(), strict=True)
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n<style>{_STYLE}</style>',
            f"<h1>{escape(title)}</h1>",
            _table(summaries),
            *(_sentence(dict(zip(spoken, row, strict=True))) for row in sentences),
            "</html>\n",
        ]
    )


def figure(value: float | None) -> str:
    """A figure for people."""
    return "–" if value is None else f"{value:.4g}"


def _table(summaries: Mapping[str, Mapping[str, Any]]) -> str:
    measured = [key for key in COLUMNS if any(summary[key] is not None for summary in summaries.values())]
    head = "".join(f'<th title="{escape(COLUMNS[key][1])}">{escape(COLUMNS[key][0])}</th>' for key in measured)
    rows = [
        f"<tr><td>{escape(name)}</td>" + "".join(f'<td class="figure">{figure(summary[key])}</td>' for key in measured) + "</tr>"
        for name, summary in summaries.items()
    ]
    return f"<table>\n<tr><th>pair</th>{head}</tr>\n" + "\n".join(rows) + "\n</table>"


def _sentence(by_pair: Mapping[str, Spoken]) -> str:
    text = escape(next(iter(by_pair.values())).text)
    return f'<h2>{text}</h2>\n<div class="pairs">\n' + "\n".join(_player(*pair) for pair in by_pair.items()) + "\n</div>"


def _player(name: str, spoken: Spoken) -> str:
    picture = base64.b64encode(png(mel_picture([spoken.log_mel]))).decode()
    heard = f'<div class="heard">heard: {escape(spoken.hearing.heard)}</div>' if spoken.hearing and spoken.hearing.errors else ""
    return (
        f"<figure><figcaption>{escape(name)}</figcaption>"
        f'<img alt="mel spectrogram" src="data:image/png;base64,{picture}">'
        f'<audio controls preload="none" src="{quote(spoken.file)}"></audio>{heard}</figure>'
    )
