"""English words that are spelled alike and spoken differently → spellings that espeak-ng speaks as the sentence wants.

espeak-ng gets many right by the word before ("to record" and "a record", "they live" and "nine lives", "had read"). Here are only
readings that it was found to get wrong and that the words next door decide; all others it decides as before. No grammar is known:
"I read it" is present unless a word of time tells, and a noun that only meaning tells apart ("a row", "a tear") stays.
"""

import re

_VERB_BEFORE = r"(?:to|will|would|please|must|can|could|should|may|might|shall|don't|didn't|doesn't|won't|let's|they|we|you)"
_OBJECT = r"(?:the|it|your|my|his|her|its|our|their|this|that|these|those|them|him|us|me|all|every|each|both)"
_PAST = (
    r"(?:yesterday|last (?:night|week|month|year|time|summer|winter|spring)|\w+ (?:days|weeks|months|years|hours) ago|earlier)"
)
_LEADEN = (
    r"(?:pipe|pipes|paint|paints|poisoning|bullet|bullets|pencil|pencils|weight|weights|shot|battery|batteries|acid|ore|mine|mines"
    r"|glass|solder|roof|roofs|dust|levels|content)"
)

# One person who "read" did so in the past, or there would be an s; but "does he read", "let the teacher read", "a good read is".
_CLAUSE = r"(?:^|[.,;:!?…—] |\b(?:and|but|as|when|while|because|that|then|before|after|if|where|so|until|once|though|although) )"
_ONE = (
    r"(?:(?:s?he|it|everyone|everybody|someone|somebody|nobody|no one) "
    r"(?:(?:\w+ly|then|never|also|just|once|often|always|only) )?"
    r"|(?:mister|misses|miz|doctor|professor|uncle|aunt) \w+ )"
)
_NO_ONE = (
    r"(?!(?:to|and|or|can|could|will|would|must|may|might|should|shall|not|also|you|we|they|he|she|it|who|that|which|people|children"
    r"|men|women|police|please|always|just|now|then|never|first|next|ever|once|when|if|let's|go|come|try|help|\w+ly|young|old|rich"
    r"|poor|good|great|quick|fun|long|short|easy|nice|fine|light|well|most|much|best) )"
)
_SOMEONE = rf"(?:the|an?|my|his|her|this|our|your|their|each|every) {_NO_ONE}(?:\w+ {_NO_ONE})?\w+[^\Ws] "
_NAMED = rf"{_NO_ONE}(?-i:[A-Z])\w+[^\Ws] "
_WHAT = rf"(?:{_OBJECT}|an?|aloud|out|about|from|to|through|over|some|no|one|two)\b"
_DID = r"\b(?:he|she|I|we|they) (?:\w+ed|took|sat|stood|came|went|got|lay|found|drew|bent)\b(?:(?! to\b)[^.;:!?…—]){0,50}?,? and "
_RESUME_AFTER = r"(?! (?:button|function|key|command|playback|option|point|token|talks|work))\b"

# (words before, word, words after, respelling). Words before and after are alternatives of a regular expression.
_END = r"[.,;:!?…]|$"
_TURNED = r"the (?:clock|watch|rope|wool|yarn|handle|spring|string|toy|tape|film)"
_ANY = r"\b"
_NOT_BE = r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )(?<!\bbeen )\b"
# "Increase the volume", "stop and export it": of these, espeak-ng takes all but those behind "to", "we" and such for nouns.
_COMMAND = rf"(?:^|[.,;:!?…—] |\b(?:and|then|please|not|never|always|also|{_VERB_BEFORE}) )"
_COMMANDS = {
    "increase": "inkreese", "decrease": "decreese", "export": "expoart", "permit": "permitt", "project": "projeckt",
    "conduct": "conduckt", "console": "consoal", "contest": "contesst", "insult": "insullt", "perfect": "perfeckt",
    "extract": "extrracked", "convict": "convickt", "transfer": "transferr", "transport": "transpoart", "attribute": "attribbute",
}  # fmt: skip
_DETERMINER = r"an?|the|my|your|his|her|our|their|this|no|any"
_A_NOUN = rf"\b(?:{_DETERMINER}|that) "
# Of the nouns and adjectives in -ate, espeak-ng takes these for verbs.
_NOUNS_IN_ATE = {
    "elaborate": "elabberet", "associate": "associet", "associates": "associets", "duplicate": "duplicket",
    "duplicates": "duplickets", "aggregate": "aggreget", "degenerate": "degeneret", "articulate": "articulet",
    "animate": "animet", "affiliate": "affiliet", "affiliates": "affiliets", "delegate": "deleget", "delegates": "delegets",
    "syndicate": "syndicket", "initiate": "inishiet",
}  # fmt: skip
_BEFORE_NOUN = (
    rf"\b(?:{_DETERMINER}|its|every|each|more|most|very|so|too|less|such|rather|quite|highly"
    r"|close|former|senior|business|old|new|young|known|local|crime|many|two|three|four|several|these|those|both) "
)
_TORN = (
    r"(?:fabric|cloth|shirt|sleeve|jeans|painting|paper|wall|knee|muscle|ligament|tendon|meniscus|retina|lining|hull|roof|net)"
)
_TABLE = (
    *((_COMMAND, word, rf" (?:{_OBJECT}|an?)\b", spelling) for word, spelling in _COMMANDS.items()),
    *((_BEFORE_NOUN, word, r"\b", spelling) for word, spelling in _NOUNS_IN_ATE.items()),
    ("", "lead", rf" {_LEADEN}\b", "led"),
    (r"\b(?:pencil|molten|melted|contains) ", "lead", r"\b", "led"),
    (r"\bof ", "lead", rf"{_END}| (?:and|or|in|is|was)\b", "led"),
    ("", "close", rf" {_OBJECT}\b", "cloze"),
    (rf"\b{_VERB_BEFORE} ", "close", rf"{_END}| (?:at|on|for|in|early|soon|down)\b", "cloze"),
    (_A_NOUN, "tear", rf" in (?:{_OBJECT}|an?) (?:\w+ )?{_TORN}\b", "tare"),
    (r"\b(?:A-C-L|ACL|muscle|ligament|meniscus|cuff|tendon|hamstring|calf|aortic) ", "tear", r"\b", "tare"),
    ("", "tear", rf" (?:{_OBJECT}|up|down|apart|off|open)\b", "tare"),
    (
        r"\b(?:he|she|I|we|they|it|who|and|had|was|never) ",
        "wound",
        rf" (?:it|{_TURNED}|its|around|round|through|again)\b",
        "wownd",
    ),
    (r"\b(?:and|to|will|you|they|we|I|then) |^", "wind", rf" (?:it|{_TURNED})\b", "wined"),
    (r"(?<!\bthe )\b", "wind", r" down\b", "wined"),
    (r"\b(?:I|he|she|we|they|who|and) ", "dove", r"\b", "doav"),
    ("", "dove", r" (?:into|headfirst|down|off|deep|right)\b", "doav"),
    (
        r"\b(?:fresh|local|organic|farm|seasonal|of|garden|raw) ",
        "produce",
        rf"(?:{_END}| (?:and|is|was|from|at|in)\b)",
        "prohdooss",
    ),
    ("", "produce", r" (?:section|aisle|department|market|prices)\b", "prohdooss"),
    (rf"(?:{_A_NOUN}|\b(?:devil's|public|patient|strong|staunch|consumer) )", "advocate", r"\b", "advokit"),
    (r"\b(?:the|rights|consumer|health|safety|privacy|patient|animal|many|some|most|by) ", "advocates", r"\b", "advokits"),
    (rf"(?:{_A_NOUN}|\b(?:calendar|meeting|wedding) )", "invite", r"\b", "innvite"),
    (rf"(?:{_A_NOUN}|\b(?:heart|kidney|liver|lung|marrow|organ|hair|cell|face) )", "transplant", r"\b", "tranzplant"),
    (r"\b(?:the|these|our|all|both|two|three|several|statistical|further|such|of) ", "analyses", r"\b", "enallisees"),
    (_ANY, "blessed", r" (?:virgin|mother|sacrament|trinity|be|are the|is the)\b", "blessid"),
    (_ANY, "learned", r" (?:man|men|scholars?|judges?|friend|counsel|societ(?:y|ies)|journals?)\b", "lernid"),
    (r"\b(?:I|he|she|we|they) (?:just|already|recently|finally|once) ", "read", r"\b", "red"),
    (r"\bI ", "read", r" (?:somewhere|(?:it )?in the (?:news|paper|newspaper))\b", "red"),
    (r"\b(?:I|you|he|she|we|they|who|also|only|just) ", "read", rf" [^.,;:!?—…]*\b{_PAST}\b", "red"),
    (_CLAUSE + _ONE, "read", r"\b", "red"),
    (rf"{_CLAUSE}(?:{_SOMEONE}|{_NAMED})", "read", f" {_WHAT}", "red"),
    (r"\b(?:sign|note|label|headline|caption|plaque|inscription|poster|banner) ", "read", r" \w", "red"),
    (_DID, "read", f" {_WHAT}", "red"),
    (r"(?<!let )(?<!help )\b(?:your|my|his|her|our|an?|the|(?:an?|your|my) \w*[^\Ws]) ", "resume", _RESUME_AFTER, "résumé"),
    (r"\b(?:take|took|takes|taking) a ", "bow", r"\b", "bough"),
    ("", "bow", r" (?:to|before|low|of the (?:ship|boat))\b", "bough"),
    ("", "excuse", r" (?:me|him|her|us|them|my|the|yourself)\b", "excuze"),
    (r"\b(?:I|you|he|she|it|we|they|who|there|also|never|always|get|gets|got|getting) ", "used", r" to [a-z]", "yoost"),
    (_NOT_BE, "used", r" to (?:be|have|live|say|go|work|love|know|think|play|come|look|like)\b", "yoost"),
    ("", "separate", rf" {_OBJECT}\b", "separrait"),
    ("", "content", r" (?:with|to)\b", "contennt"),
    ("", "refuse", r" (?:collection|bin|bins|truck|dump|heap|collector|collectors)\b", "ref-use"),
    ("", "minute", r" (?:detail|details|amount|amounts|quantity|quantities|particles|differences|traces)\b", "my-newt"),
    (r"\bsea ", "bass", r"\b", "bas"),
    (r"\w ", "A", r"\b(?![-'])", "eigh"),
    ("-", "A", r"\b", "eigh"),  # espeak-ng takes the A inside "F-A-Q" for the article
    ("^", "A", r" [B-Z]\b", "eigh"),
)
_RULES = tuple(
    (re.compile(rf"({before or _ANY}){word}\b(?={after})", 0 if word == "A" else re.IGNORECASE), word, spelling)
    for before, word, after, spelling in _TABLE
)


def respell(spoken: str) -> str:
    """Return `spoken` (English words) with homographs spelled as they are to be spoken; as many words as before."""
    for rule, word, spelling in _RULES:
        if word in spoken or word.capitalize() in spoken:
            spoken = rule.sub(rf"\g<1>{spelling}", spoken)
    return spoken
