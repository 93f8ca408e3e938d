"""Identifiers: addresses of machines, hashes and versions are read sign by sign, and nothing else is."""

import pytest

from ttscli.text.normalize import normalize

# written → spoken
CASES = """
commit a1b2c3d4 → commit A one B two C three D four
a decade, a facade, acceded → a decade, a facade, acceded
00000000-e29b-41d4-a716-000000000001 → zero zero zero zero zero zero zero zero, E two nine B, four one D four, A seven one six, \
zero zero zero zero zero zero zero zero zero zero zero one
00:1B:44:11:3A:B7. → zero zero, one B, four four, one one, three A, B seven.
00-1b-44-11-3a-b7 → zero zero, one B, four four, one one, three A, B seven
at 2001:db8::1. → at two zero zero one colon D B eight colon colon one.
fe80::1/64 → F E eight zero colon colon one slash sixty four
[::1]:8000 → colon colon one colon eight thousand
std::vector, abc::add, 3:1::6:2 → std: vector, abc: add, three to one: six to two
2.x to 3.11.x → two point X to three point one one point X
1.9.9a2, v2.0.0-rc.1 → one point nine point nine alpha two, v two point zero point zero R-C one
Python 3.12, version 1.12, Ubuntu 22.04 → Python three point twelve, version one point twelve, Ubuntu twenty two oh four
version 1.25% higher → version one point two five percent higher
Wi-Fi (802.11ax) → Wi-Fi, eight oh two dot eleven A-X
a 404 error, HTTP 503, in 404 rooms → a four oh four error, HTTP five oh three, in four hundred four rooms
ISO-8859-1 → ISO eight thousand eight hundred fifty nine one
DDR4-3200, 1-2-3 → DDR four three thousand two hundred, one two three
pip install -r files -y → pip install dash r files dash y
if x -y → if x y
1-800-FLOWERS, (800) 555-HELP → one, eight zero zero, FLOWERS, eight zero zero, five five five, HELP
555-1234 x12, 1920 x1080 → five five five, one two three four extension one two, nineteen twenty by ten eighty
order #A-123, #B2B → order number A one hundred twenty three, hashtag B two B
C:\\Users\\Bo → C colon backslash Users backslash Bo
""".strip().splitlines()


@pytest.mark.parametrize("case", CASES)
def test_an_identifier_is_read_sign_by_sign(case: str) -> None:
    written, _, spoken = case.partition(" → ")
    assert normalize(written, "en-US") == spoken
