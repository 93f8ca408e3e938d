"""Formulas and moves of chess: what their signs say, and that other text is left alone."""

import pytest

from ttscli.text.normalize import normalize

# written → spoken
CASES = """
f(x) = 2x + 1, f'(x), g(n-1) → f of x equals two x plus one, f prime of x, g of n minus one
sin(x)/cos(x) = tan(x) → sine of x over cosine of x equals tangent of x
log(8), ln(x), max(a, b), the log(s) → log of eight, natural log of x, max of a, b, the log, s
Section 12(b), plan F(a) b → Section twelve, b, plan F of a b
x ∈ A, A ⊂ B, ∀x ∃y, A ∪ B → x in A, A a subset of B, for all x there exists y, A union B
∑ x, ∫ f dx, ∂f, ∛8, 5‰ → sum of x, integral of f dx, partial f, cube root of eight, five per mille
A = πr², 2πr, x = ε/2, 1/x, y = -x → A equals π r squared, two π r, x equals ε over two, one over x, y equals minus x
w/ 2, a/b = c → with two, a slash b equals c
x^(n-1), e^(iπ), the (^GSPC) index → x to the power of n minus one, e to the power of i π, the, GSPC, index
y = x-1, an x-1 plane → y equals x minus one, an x minus one plane
an x-1 plane → an x one plane
5! = 120, wow! → five factorial equals one hundred twenty, wow!
↑ 5%, ↓3%, ¶ 4 → up five percent, down three percent, paragraph four
Ca²⁺, SO₄²⁻, Na⁺, x⁻¹ → Ca two plus, SO four two minus, Na plus, x to the power of minus one
UTC-05:00, UTC+5:30, GMT+1 → UTC minus five, UTC plus five thirty, GMT plus one
Qxd5+ and Rxe8# → queen takes D five, check and rook takes E eight, mate
Nf3 Nc6, Nbd2 → knight F three knight C six, knight B D two
vitamin Nf3 → vitamin Nf three
an F#m7b5 chord, key: F#, I-IV-V → an F sharp m seven b five chord, key: F sharp, I-four-V
yes / no, $5 / month, refs [3]-[5] → yes, no, five dollars per month, refs, three to five
""".strip().splitlines()


@pytest.mark.parametrize("case", CASES)
def test_a_formula_is_read_in_words(case: str) -> None:
    written, _, spoken = case.partition(" → ")
    assert normalize(written, "en-US") == spoken
