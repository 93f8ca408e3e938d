"""Text → sentences. Knows neither pronunciation nor voices.

Our own rules, no library: of the cases in tests/text/test_sentences.py, pysbd 0.3.4 cut 37 of 49 rightly, syntok 1.4.4 38
and sentencex 1.0.32 (the best kept) 43; on thirty sentences that none of us was tuned for it was 27 for sentencex and 29 for
these rules. None of the three takes a text lazily or tells headings, lists and hard-wrapped lines from one another.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ttscli.text.abbreviations import BOOKS, words

MAX_CHARACTERS = 300
"""No sentence handed on is longer; models and memory are sized for it."""


@dataclass(frozen=True)
class Sentence:
    """One sentence, or a piece of one that was too long.

    Attributes:
        text: as it was written, white space folded; 1 to MAX_CHARACTERS characters.
        ends_paragraph: a paragraph, heading or list ends here.
        goes_on: it was too long, and the rest of it follows.
    """

    text: str
    ends_paragraph: bool
    goes_on: bool = False


def sentences(text: str) -> Iterator[Sentence]:
    """Cut `text` into sentences, lazily: the first comes before the rest of the text is looked at.

    Headings and list items are sentences of their own; lines that were wrapped by hand are joined. A sentence that is too
    long is cut at punctuation, else between words, else anywhere. No character but white space is lost; a hyphen that divided a
    word at the end of a line becomes a soft one.
    """
    for block, ends_paragraph in _blocks(text):
        held: Sentence | None = None
        for sentence in (piece for whole in _split(block) for piece in _cut(whole)):
            if held:
                yield held
            held = sentence
        if held:
            yield replace(held, ends_paragraph=ends_paragraph)


# --- Lines → blocks: paragraphs, headings, list items ---

_LINE_END = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_HEADING = re.compile(r"#{1,6}\s+\S")
_RULE = re.compile(r"(?:[-=*_~]\s*){3,}$|```")
_BULLET = re.compile(r"[-*+•‣◦–]\s+\S")
_NUMBERED = re.compile(r"(?:\d{1,3}|[a-z])[.)]\s+\S")
_ENDED = re.compile(r"[.!?:;…][\"'”’)\]*_]*$")
_OPEN = re.compile(r"[,;:\-–—(]$")
_NARROW = 40
"""Nobody wraps text at fewer columns: a shorter line that the next word would have fitted on was ended on purpose."""
_MAX_BLOCK = 20_000
"""A block is cut here so that a text without line ends is read lazily too."""


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Yield (a paragraph, heading or list item on one line, whether a paragraph ends with it)."""
    pending = ""
    in_list = False
    for line in _lines(text):
        alone = bool(_HEADING.match(line) or _RULE.match(line))
        item = _starts_item(line, pending, in_list)
        if pending and (not line or alone or item or _was_ended(pending.rpartition("\n")[2], line)):
            yield _joined(pending), not line or alone or (item and not in_list)
            pending = ""
        if alone:
            yield line, True
        elif line:
            pending = f"{pending}\n{line}" if pending else line
        in_list = item or (in_list and bool(line) and not alone)
        if len(pending) > _MAX_BLOCK:
            yield _joined(pending), False
            pending = ""
    if pending:
        yield _joined(pending), True


# "exam-⏎ple", but "pre-⏎and post-war". Where "well-⏎known" had its hyphen by right, hardly anybody hears that it is gone.
_NO_WORD = r"(?!(?:and|or|to|but|the|then|he|she|it|they|we|a|not|with|in|of|for)\b)"
_DIVIDED = re.compile(rf"(?<=[^\W\d_])(?<!\b[Ss]elf)-\n(?=[^\W\d_A-Z]){_NO_WORD}")
_COMPOUND = re.compile(rf"(?<=[^\W_]-)\n(?=[^\W_]){_NO_WORD}")


def _joined(lines: str) -> str:
    """Join the lines of a block and the words that were divided between them."""
    return _COMPOUND.sub("", _DIVIDED.sub("\u00ad", lines)).replace("\n", " ")


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of `text` with single spaces; a very long line comes in parts, cut after a stop or at a space."""
    start = 0
    while start < len(text):
        limit = start + _MAX_BLOCK
        if end := _LINE_END.search(text, start, limit):
            stop, following = end.start(), end.end() + (text[end.end() - 1 : end.end() + 1] == "\r\n")
        elif limit < len(text):
            stop = (text.rfind(". ", start, limit) + 1) or text.rfind(" ", start, limit)
            stop = following = stop if stop > start else limit
        else:
            stop = following = len(text)
        yield " ".join(text[start:stop].split())
        start = following


def _starts_item(line: str, before: str, in_list: bool) -> bool:
    if _BULLET.match(line):
        return True
    if not _NUMBERED.match(line):
        return False
    # "He was born in⏎12. Then …" may be a wrapped line; a list starts at 1, goes on, or follows a finished line.
    return in_list or not before or (line[0] in "1a" and line[1] in ".)") or bool(_ENDED.search(before))


def _was_ended(before: str, line: str) -> bool:
    """Tell a line that was ended on purpose ("Milk⏎Eggs") from one that was wrapped."""
    if not line or not (line[0].isupper() or line[0].isdigit()) or _OPEN.search(before):
        return False
    return len(before) + 1 + len(line.split(None, 1)[0]) <= _NARROW


# --- Block → sentences ---

_CLOSERS = "\"'”’»)\\]}*_`"
_STOP = re.compile(rf"(?:(?<![.!?…‽])(?P<stop>[.!?…‽]++)[{_CLOSERS}]*+(?:\[[\d, –-]+\])*+(?=\s)|(?P<wide>[。！？]+[」』”）]*))")
_LETTERS = re.compile(r"(?:[^\W\d]\.)+[^\W\d]")
_OPENERS = "\"'“‘«([{*_`¿¡—–- "
_NUMBER_OR_LETTER = re.compile(r"#?\d|[A-Z]{1,4}-?\d|[B-HJ-Z]\b(?!['’.])")
_LIST_MARK = re.compile(r"\W*(?:\d{1,3}|[A-Za-z])$")

# Never the last word of a sentence, as a name or number must follow.
_BEFORE_NAMES = words(
    "mr mrs ms mx dr drs prof rev hon gen col capt cpt cmdr lt sgt maj cpl pvt adm sen rep gov pres messrs mme mlle mgr fr "
    "ret msgr det supt insp atty amb rt ens brig pfc flt profs sens govs def cllr ald asst civ crim sq cu sr sra mt ft st ste "
    "vs v vv cf eg ie e.g i.e a.k.a viz approx ca c nee al resp esp incl"
)
_BEFORE_NUMBERS = words(
    "p pp pg fig figs no nos vol vols ch chap sec sect eq eqs ref refs art par para pt op ed eds ver tab app ex jan feb mar "
    "apr jun jul aug sep sept oct nov dec tel ext max min avg est apt hwy bldg rm ste rte blk rs arts pop fl dep arr cir cl "
    "supp res stat dkt lat eqs refs chap chs secs paras qty amt mo wk hr hrs lb lbs oz yr yrs"
)
# May end a sentence; only the next word tells.
_ANYWHERE = words(
    "inc ltd co corp jr sr bros ave blvd rd ln ct pl dr st mon tue tues wed thu thur thurs fri sat sun dept univ assn govt "
    "intl natl fed u.s u.k u.n u.s.a e.u d.c a.m p.m a.d b.c b.c.e c.e ph.d m.d b.a m.a esq"
)
_SHORT = (_BEFORE_NAMES | _BEFORE_NUMBERS | _ANYWHERE | {"etc"}) - words("no art app tab ref par ex max fig al")
_PERSONS = words("i i'm i'll it it's he she we they you this that there then my the")
"""What begins a sentence in small letters behind an abbreviation."""
_CAPITAL_ONLY = words("mon wed sat sun jan mar")
_WORDS_TOO = words("no art app tab mar ref par ed ex max min apt pop hr hrs lb lbs oz yr yrs")
_STARTERS = words(
    "a about after all also although an and another any are as at because before both but by can could did do does during "
    "each even every finally first for from had has have he her here his how however i if in is it its just last later let "
    "many maybe meanwhile most my never next no nobody nor not nothing now of often on once one only or our perhaps please "
    "several she should since so some someone sometimes soon still such suddenly that the their them then there these they "
    "this those though to today together tomorrow two under unless until was we were what when where which while who whose "
    "why will with would yes yesterday yet you your they're it's he's she's i'm i'd i'll i've we're that's there's don't"
)
_AFTER_TIME = words(
    "eastern central mountain pacific greenwich standard est edt cst cdt mst mdt pst pdt et pt ct gmt utc cet bst monday "
    "tuesday wednesday thursday friday saturday sunday january february march april may june july august september october "
    "november december"
)

_MEASURE = re.compile(r"\d[ -]?(?:in|mi|gal|tbsp|tsp|qt|pt|oz|lbs?|k?g|m?l|[ck]?m|mm|min|sec|hrs?|yrs?|ft)$")
_SAID = re.compile(r"(?:\w+\.? ){1,2}(?:said|says|asked|cried|replied|shouted|whispered|answered|exclaimed|called|repeated)\b")


def _split(block: str) -> Iterator[str]:
    start = 0
    casual = block[:1].islower()
    for match in _STOP.finditer(block):
        stop = match.end()
        before = block[max(start, match.start() - 80) : match.start()]
        if not match["wide"] and not _ends_sentence(before, match["stop"], block, stop, casual):
            continue
        if sentence := block[start:stop].strip():
            yield sentence
        start = stop
    if rest := block[start:].strip():
        yield rest


def _ends_sentence(before: str, stop: str, block: str, end: int, casual: bool) -> bool:
    """Decide whether the stop after `before` ends a sentence, by the words around it."""
    following = block[end : end + 40].lstrip(_OPENERS)
    if not following:
        # Only marks or the text's end follow: leave a closing dash or bracket to the sentence.
        return len(block) - end > 40
    # "Wait . . . what?", "5! = 120"
    if following[0] in ".=<>≤≥≈" or _is_explained(before, block, end) or (following[0].islower() and not casual):
        return False
    if stop == "." and following[0].islower() and _last_word(before).lower() in _SHORT:
        return _last_word(before).lower() not in _BEFORE_NAMES - _ANYWHERE and _first_word(following) in _PERSONS
    if stop != ".":
        return not (block[end - 1] in _CLOSERS and _SAID.match(following))
    return _full_stop(before, following)


def _is_explained(before: str, block: str, end: int) -> bool:
    """Tell the stop of a measure with another one behind it: "1 tbsp. (15 mL)"."""
    return block[end : end + 2] == " (" and _MEASURE.search(before) is not None


def _last_word(before: str) -> str:
    """Return "Sept" of "5-Sept", "lbs" of "5lbs"."""
    last = before.rsplit(None, 1)[-1] if before.split() else ""
    return re.sub(r".*[-–—/](?=[^\W\d])|^\d+(?=[a-z]{2})", "", last).strip(_OPENERS)


def _first_word(following: str) -> str:
    return re.split(r"[^\w']", following.replace("’", "'"), maxsplit=1)[0].lower()


def _full_stop(before: str, following: str) -> bool:
    raw = _last_word(before)
    word = raw.lower()
    next_word = _first_word(following)
    starter = next_word in _STARTERS and not (word == "dr" and _after_small_word(before))  # "Dr. No", "Dr. Who"
    if len(raw) == 1:
        return _after_letter(raw, before, following, starter)
    if raw in _CAPITAL_ONLY:
        return True
    if word in BOOKS and re.match(r"\d+:\d", following):
        return False
    if word in _BEFORE_NUMBERS:
        return not _NUMBER_OR_LETTER.match(following) and (word in _WORDS_TOO or starter)
    if raw == "ft":  # "6 ft. The", but "Ft. Worth"
        return starter
    if word in ("a.m", "p.m"):
        return next_word not in _AFTER_TIME
    if word in _ANYWHERE or (_LETTERS.fullmatch(word) and word not in _BEFORE_NAMES):
        return starter
    return word not in _BEFORE_NAMES and not _LIST_MARK.match(before)


def _after_small_word(before: str) -> bool:
    """Tell "Then came Dr." and "Dr." from "5 Maple Dr."."""
    return not " ".join(before.split()[-2:-1])[:1].isupper()


def _after_letter(letter: str, before: str, following: str, starter: bool) -> bool:
    """An initial ("James T. Kirk") or a list mark ("a.") ends nothing; "vitamin C. It" and "so do I. Then" do."""
    words = before.split()
    if len(words) < 2:
        return False
    if letter.isdigit():
        return True
    if letter.islower():
        return letter not in ("bcdprv" if _NUMBER_OR_LETTER.match(following) else "pcv") or starter
    if re.match(r"[A-Z]\.", following):
        return False
    return starter or (letter == "I" and words[-2][0].islower())


# --- Too long a sentence → pieces ---

_BREAKS = (re.compile(r"[;:—…)][\"'”’)\]]*\s|\s[–-]\s"), re.compile(r",[\"'”’)\]]*\s"), re.compile(r"\s"))


def _cut(sentence: str) -> Iterator[Sentence]:
    """Cut at the last semicolon, colon or dash that keeps both parts fair in length; else comma; else space; else anywhere."""
    while len(sentence) > MAX_CHARACTERS:
        at = _cut_place(sentence)
        yield Sentence(sentence[:at].rstrip(), ends_paragraph=False, goes_on=True)
        sentence = sentence[at:].lstrip()
    if sentence:
        yield Sentence(sentence, ends_paragraph=False)


def _cut_place(sentence: str) -> int:
    # A remainder of three words sounds torn off, so that a long sentence is cut nearer to its middle.
    longest = min(MAX_CHARACTERS, max(len(sentence) * 2 // 3, MAX_CHARACTERS // 2))
    for pattern, shortest in zip(_BREAKS, (MAX_CHARACTERS // 5, MAX_CHARACTERS // 5, 1), strict=True):
        ends = [match.end() for match in pattern.finditer(sentence, 0, longest) if match.end() >= shortest]
        if ends:
            return ends[-1]
    return MAX_CHARACTERS
