"""English abbreviations: plain tables, apart from the rules that use them because words alone need only these."""

ABBREVIATIONS = {
    "mr": "Mister", "mrs": "Misses", "ms": "Miz", "drs": "Doctors", "prof": "Professor", "jr": "Junior", "sr": "Senior",
    "vs": "versus", "etc": "et cetera", "rev": "Reverend", "hon": "Honorable", "gen": "General", "col": "Colonel",
    "capt": "Captain", "cmdr": "Commander", "lt": "Lieutenant", "sgt": "Sergeant", "maj": "Major", "cpl": "Corporal",
    "adm": "Admiral", "sen": "Senator", "rep": "Representative", "gov": "Governor", "pres": "President", "mt": "Mount",
    "ft": "Fort", "inc": "Incorporated", "ltd": "Limited", "co": "Company", "corp": "Corporation", "bros": "Brothers",
    "ave": "Avenue", "blvd": "Boulevard", "rd": "Road", "dept": "Department", "univ": "University", "assn": "Association",
    "govt": "government", "approx": "approximately", "est": "established", "max": "maximum", "min": "minimum",
    "avg": "average", "misc": "miscellaneous", "viz": "namely", "cf": "compare", "ca": "circa", "esp": "especially",
    "incl": "including", "fig": "Figure", "figs": "Figures", "vol": "Volume", "vols": "Volumes", "ch": "Chapter",
    "sec": "Section", "eq": "Equation", "messrs": "Messieurs", "mme": "Madame", "mlle": "Mademoiselle", "nos": "numbers",
    "jan": "January", "feb": "February", "apr": "April", "jun": "June", "jul": "July", "aug": "August", "sep": "September",
    "sept": "September", "oct": "October", "nov": "November", "dec": "December", "mon": "Monday", "tue": "Tuesday",
    "tues": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "thur": "Thursday", "thurs": "Thursday", "fri": "Friday",
    "apt": "apartment", "hwy": "highway", "bldg": "building", "esq": "Esquire", "asst": "Assistant", "natl": "National",
    "intl": "International", "fr": "Father", "det": "Detective", "supt": "Superintendent", "insp": "Inspector",
    "atty": "Attorney", "msgr": "Monsignor", "pvt": "Private", "amb": "Ambassador", "pkwy": "Parkway",
    "rte": "Route", "blk": "Block", "ens": "Ensign", "brig": "Brigadier", "pfc": "Private First Class", "cllr": "Councillor",
    "ald": "Alderman", "flt": "Flight", "chap": "Chapter", "cir": "Circuit", "civ": "Civil", "crim": "Criminal",
    "eqs": "Equations", "ln": "Lane", "profs": "Professors", "sens": "Senators", "govs": "Governors",
}  # fmt: skip
"""In small letters, without stop → in words."""
DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thur": "Thursday",
    "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip
MONTHS = {
    "Jan": "January", "Feb": "February", "Mar": "March", "Apr": "April", "Jun": "June", "Jul": "July", "Aug": "August",
    "Sep": "September", "Sept": "September", "Oct": "October", "Nov": "November", "Dec": "December",
}  # fmt: skip
WITHOUT_STOP = ("mr", "mrs", "ms", "drs", "prof", "jr", "sr", "vs", "etc")
"""These are short for another word even without their stop."""
CHAT = {
    "thx": "thanks", "thnx": "thanks", "pls": "please", "plz": "please", "mtg": "meeting", "mtgs": "meetings", "ppl": "people",
    "msg": "message", "msgs": "messages", "gr8": "great", "l8r": "later", "appt": "appointment", "wknd": "weekend",
    "mgmt": "management", "qty": "quantity", "amt": "amount", "pkg": "package", "acct": "account", "accts": "accounts",
    "tmrw": "tomorrow", "btwn": "between", "abt": "about",
}  # fmt: skip
"""Words of chat and forms, in small letters."""
CONTRACTED = {
    "cont'd": "continued", "int'l": "international", "nat'l": "national", "gov't": "government", "ass'n": "association",
    "dep't": "department", "sec'y": "secretary", "b'day": "birthday", "rec'd": "received", "req'd": "required",
}  # fmt: skip
CHAT_LETTERS = ("aka", "idk", "imho", "afaik", "iirc", "fwiw", "icymi")
"""Initials that are written small, and that have vowels."""
SHORT_WORDS = (*WITHOUT_STOP, "dr", "st", "attn", "ur", "eg", "ie", *CHAT, *CONTRACTED, *CHAT_LETTERS)
"""Words that are always short for another."""
COMPASS = {"N": "North", "S": "South", "E": "East", "W": "West"}
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland",
    "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana",
    "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah",
    "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
STATES_IN_SHORT = {
    "Ala": "Alabama", "Ariz": "Arizona", "Ark": "Arkansas", "Calif": "California", "Cal": "California", "Colo": "Colorado",
    "Conn": "Connecticut", "Del": "Delaware", "Fla": "Florida", "Ga": "Georgia", "Ill": "Illinois", "Ind": "Indiana",
    "Kan": "Kansas", "Ky": "Kentucky", "La": "Louisiana", "Mass": "Massachusetts", "Md": "Maryland", "Mich": "Michigan",
    "Minn": "Minnesota", "Miss": "Mississippi", "Mo": "Missouri", "Mont": "Montana", "Neb": "Nebraska", "Nev": "Nevada",
    "Okla": "Oklahoma", "Ore": "Oregon", "Pa": "Pennsylvania", "Tenn": "Tennessee", "Tex": "Texas", "Va": "Virginia",
    "Vt": "Vermont", "Wash": "Washington", "Wis": "Wisconsin", "Wyo": "Wyoming",
}  # fmt: skip
"""As newspapers shorten them, before a full stop."""
SHORT_BEFORE_STOP = (
    *ABBREVIATIONS, *STATES_IN_SHORT, "ste", "ext", "tel", "ter", "cres", "dep", "arr", "op", "para", "ref", "app",
)  # fmt: skip
"""Words that may be short for another when a full stop follows."""
COUNTED = (
    "Chapter", "Part", "Volume", "Act", "Scene", "Book", "Section", "Article", "War", "Type", "Phase", "Stage", "Class",
    "Grade", "Level", "Appendix", "Figure", "Table", "Bowl", "Title", "Mark", "Episode", "Unit", "Lesson", "Canto", "Psalm",
    "Apollo", "Rocky", "Fantasy", "Schedule", "Division", "Category", "Vatican", "Round", "Symphony",
)  # fmt: skip
"""Words before a Roman numeral that is a plain number: "Chapter IV", "World War II"."""
BOOKS = {
    "gen": "Genesis", "exod": "Exodus", "ex": "Exodus", "lev": "Leviticus", "num": "Numbers", "deut": "Deuteronomy",
    "josh": "Joshua", "sam": "Samuel", "chron": "Chronicles", "ps": "Psalm", "prov": "Proverbs", "eccl": "Ecclesiastes",
    "isa": "Isaiah", "jer": "Jeremiah", "ezek": "Ezekiel", "dan": "Daniel", "zech": "Zechariah", "mal": "Malachi",
    "matt": "Matthew", "mk": "Mark", "lk": "Luke", "jn": "John", "rom": "Romans", "cor": "Corinthians", "gal": "Galatians",
    "eph": "Ephesians", "phil": "Philippians", "col": "Colossians", "thess": "Thessalonians", "tim": "Timothy",
    "heb": "Hebrews", "jas": "James", "pet": "Peter", "rev": "Revelation",
}  # fmt: skip
"""Books of the Bible, before chapter and verse: "Matt. 5:3"."""
TITLES = ("King", "Queen", "Pope", "Emperor", "Empress", "Tsar", "Prince", "Kaiser", "Sultan")
"""Words before a name that bears a Roman numeral: "King George I"."""


def words(table: str) -> frozenset[str]:
    """Return a set of words that is written down as one line."""
    return frozenset(table.split())
