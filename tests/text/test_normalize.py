"""Normalisation: written English → spoken words, and that the fast path says what the slow one does."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttscli.text import normalize as module
from ttscli.text.normalize import is_plain, normalize
from ttscli.text.pauses import PAUSES

# written → spoken
CASES = """
$1,234.56 → one thousand two hundred thirty four dollars and fifty six cents
The bill came to $48.75, so we paid. → The bill came to forty eight dollars and seventy five cents, so we paid.
$1 or $0.99 or $.50 → one dollar or ninety nine cents or fifty cents
£5m → five million pounds
€1.450,00 and 2.345,50 £ → one thousand four hundred fifty euros and two thousand three hundred forty five pounds and fifty pence
v1.2.3, 4 and 1.450,5 → v one point two point three, four and one point four five zero, five
FY2022 vs. FY2021, and 2024 brings more → F-Y twenty twenty two versus F-Y twenty twenty one, and twenty twenty four brings more
3 Tbsp. of oil, 1 Tsp. salt → three tablespoons of oil, one teaspoon salt
$3bn and $1.5 million → three billion dollars and one point five million dollars
a $10-million deal, a $2.5-million house → a ten million dollar deal, a two point five million dollar house
the $1.5 billion-dollar deal for $10-million → the one point five billion dollar deal for ten million dollars
$5-per-month or $2-million-a-year → five dollars per month or two million dollars a year
$5/hr, $20/mo and 5 MB/s → five dollars per hour, twenty dollars per month and five megabytes per second
€3.20 → three euros and twenty cents
¥500 → five hundred yen
$5-10/month → five to ten dollars per month
World War II → World War two
World War I was long. → World War one was long.
Chapter IV → Chapter four
Act III, Scene ii → Act three, Scene two
CHAPTER I. → CHAPTER one.
CHAPTER XL: THE END → Chapter forty: the end
THE PART I LOVE → The part I love
ACT V → Act five
Louis XIV met Queen Elizabeth II. → Louis the fourteenth met Queen Elizabeth the second.
King George I and Henry VIII's wives → King George the first and Henry the eighth's wives
The part I played in chapter IV, i. e. the book I read → The part I played in chapter four, that is the book I read
Pope John Paul II → Pope John Paul the second
Then Part C came, and so did I. → Then Part C came, and so did I.
pp. 12-15, e.g. Fig. 3. → pages twelve to fifteen, for example Figure three.
James T. Kirk met Dr. St. John on Main St. → James T Kirk met Doctor Saint John on Main Street.
Dr. Lee lives at 5 Maple Dr. near St. Louis. → Doctor Lee lives at five Maple Drive near Saint Louis.
Chicago, St. Louis, and Main St., St. Paul → Chicago, Saint Louis, and Main Street, Saint Paul
5 Main St., Chicago, by Wall St. Journal → five Main Street, Chicago, by Wall Street Journal
Mr. Smith vs. Mrs. Jones etc. → Mister Smith versus Misses Jones et cetera.
Sgt. Lee, Gov. Reed and Prof. Hill → Sergeant Lee, Governor Reed and Professor Hill
No. 5 → Number five
No. → No.
the U.S. army → the US army
J. K. Rowling wrote it. → J K Rowling wrote it.
3/4 cup and 1½ cups → three quarters cup and one and a half cups
1/10th, 1/3rd, 2/3rds, 3/4ths → one tenth, one third, two thirds, three quarters
3m people, 4bn users and 3m wires → three million people, four billion users and three meters wires
10 000 steps, 1 000 000 people and $2 000 → ten thousand steps, one million people and two thousand dollars
Add 250 ml of milk and 1/2 tsp of salt. → Add two hundred fifty milliliters of milk and one half teaspoon of salt.
5 km, 1 km and 100 km/h → five kilometers, one kilometer and one hundred kilometers per hour
60 mph → sixty miles per hour
16GB RAM → sixteen gigabytes ram
-5°C → minus five degrees Celsius
5 m² and x² → five square meters and x squared
He is 5'10" tall. → He is five foot ten tall.
a 10 kg bag, the 5 km run, two 5mm bolts → a ten kilogram bag, the five kilometer run, two five millimeter bolts
the 5 km we ran, the last 5 km were hard → the five kilometers we ran, the last five kilometers were hard
a 5 to 10 km run, a 3 h 20 min flight → a five to ten kilometer run, a three hour twenty minute flight
a 65" TV, 8" x 10", "I am 65" → a sixty five inch TV, eight inches by ten inches, I am sixty five
6 ft 2 in tall, 5ft10, 6 in. long → six feet two inches tall, five feet ten inches, six inches long
of the 5 in high school, 6 in (15 cm), a 2-in-1 → of the five in high school, six inches, fifteen centimeters, a two in one
5 in 10, in 1990 in Rome → five in ten, in nineteen ninety in Rome
5 cm x 3 cm, 5 x 3 cm, a 6' wall → five centimeters by three centimeters, five by three centimeters, a six foot wall
90 mg/dL, 9.8 m/s^2 → ninety milligrams per deciliter, nine point eight meters per second squared
6×10^24 kg → six times ten to the power of twenty four kilograms
It took 45s, 1.2s, timeout=30s → It took forty five seconds, one point two seconds, timeout equals thirty seconds
2m 30s, a 5s delay, wait 10s → two minutes thirty seconds, a five second delay, wait ten seconds
in the 30s, in his 20s, for 80s fans, 1s and 0s → in the thirties, in his twenties, for eighties fans, ones and zeros
10s of people, 100s more, 1,000s → tens of people, hundreds more, thousands
2 yrs, 1 wk, 300 hp, 35 psi → two years, one week, three hundred horsepower, thirty five P-S-I
I-80 W for 5 miles, 123 W 5th St → I eighty West for five miles, one hundred twenty three West fifth Street
A 5-km run took 5 min. → A five kilometer run took five minutes.
50% of 3.5% → fifty percent of three point five percent
10%–20% → ten to twenty percent
3rd of 21st → third of twenty first
in the 1990s and the '90s → in the nineteen nineties and the nineties
2026-11-21 at 14:05 → November twenty first twenty twenty six at fourteen oh five
On 12.5.2020, then 31.12.2020. → On the twelfth of May twenty twenty, then the thirty first of December twenty twenty.
At 2026-11-21T22:54Z it began. → At November twenty first twenty twenty six at twenty two fifty four UTC it began.
10⁻³ mol m⁻² → ten to the power of minus three mol m to the power of minus two
C#, .NET, and C++ → C sharp, dot NET, and C plus plus
my 401(k) and a 501(c)(3) → my four oh one K and a five oh one C three
14/05/1987 → the fourteenth of May nineteen eighty seven
She was born on 14 May 1987. → She was born on the fourteenth of May nineteen eighty seven.
on the 5 May → on the fifth of May
May 14, 1987 → May fourteenth, nineteen eighty seven
March 3rd, 2020 → March third, twenty twenty
signed on 3/4/21, not 12/31/99 → signed on March fourth twenty twenty one, not December thirty first nineteen ninety nine
31/12/49 and 9/11/01 → the thirty first of December twenty forty nine and September eleventh two thousand one
in 12/2021, on 2021/03/04 → in December twenty twenty one, on March fourth twenty twenty one
in 2019/20 and 1999/00 → in twenty nineteen to twenty and nineteen ninety nine to two thousand
01-02-2020, 25-12-2020 → January second twenty twenty, the twenty fifth of December twenty twenty
on Thursday 10/12, Mon. 3/4 and on 5/6 → on Thursday October twelfth, Monday March fourth and on May sixth
due 12/25, by 4/15 until 10/31 → due December twenty fifth, by April fifteenth until October thirty first
on 24/7, by 5/16 inch → on twenty four seven, by five sixteenths inch
on 3/4 acre, by 2/3, until 1/2 full, on 9/11 → on three quarters acre, by two thirds, until one half full, on nine eleven
in 2020/2021 and 2008-09 → in twenty twenty to twenty twenty one and two thousand eight to oh nine
On October 3, it rained. → On October third, it rained.
Since May 5, we went; by Dec. 25, all had. → Since May fifth, we went; by December twenty fifth, all had.
In October 3,000 came. → In October three thousand came.
Ms Lee took 5 ms, 20 ms to load. → Miz Lee took five milliseconds, twenty milliseconds to load.
10 µm, 5 μs and 100 µg → ten micrometers, five microseconds and one hundred micrograms
Jan. 5 was cold. → January fifth was cold.
Train 215 departs at 7:05 a.m. from platform 9. → Train two hundred fifteen departs at seven oh five A-M from platform nine.
We met at 8 p.m. → We met at eight P-M.
60 dollars → sixty dollars
Open 9:00-17:00, or 5:00-6:00pm → Open nine o'clock to seventeen hundred, or five o'clock to six P-M
9 a.m.-5 p.m., 9 a.m. – 5 p.m. → nine A-M to five P-M, nine A-M to five P-M.
At 9 a.m. — 5 men came. → At nine A-M — five men came.
10:00 a.m. sharp (till 8 p.m.) → ten A-M sharp, till eight P-M.
Open 9am-5pm, Mon-Fri → Open nine A-M to five P-M, Monday to Friday
Sat 10am-4pm, Sun closed, on Thu → Saturday ten A-M to four P-M, Sunday closed, on Thursday
Mon to Wed, Fri & Sat, Fri 3/4 → Monday to Wednesday, Friday and Saturday, Friday March fourth
The Sun closed; Sat on 3 chairs; on Sun Street → The Sun closed; Sat on three chairs; on Sun Street
12th Jan, 3rd of Feb, Jan-Mar 2020 → the twelfth of January, third of February, January to March twenty twenty
Rm. 204, ext. 45, Apt. #4, Ste. 200 → Room two hundred four, extension forty five, Apartment number four, Suite two hundred
Sault Ste. Marie, Attn: Lee, c/o Bo, tel. 5 → Sault Saint Marie, Attention: Lee, care of Bo, telephone five
5 USD, EUR 20, GBP 1, USD 5-10 → five dollars, twenty euros, one pound, five to ten dollars
CAD 5m, 1 CHF, 50 CAD files, the USD → five million Canadian dollars, one Swiss franc, fifty cad files, the U-S-D
Q1 2023, Q1'23 → Q one twenty twenty three, Q one twenty three
At twelve:fifty-four p.m., he left. → At twelve fifty-four P-M, he left.
It is 12:00. → It is twelve o'clock.
Call 555-0199 between 9 and 5, Mon. to Fri. → Call five five five, zero one nine nine between nine and five, Monday to Friday.
+1 (555) 123-4567 → plus one, five five five, one two three, four five six seven
pages 12-15 or 12–15 → pages twelve to fifteen or twelve to fifteen
1914-1918 → nineteen fourteen to nineteen eighteen
Genesis 1:1, Gen. 1:2, Mark 1:9 → Genesis one one, Genesis one two, Mark one nine
Psalm 23:1-6 and John 3:16 → Psalm twenty three one to six and John three sixteen
Dial 911 or call 112, but call 912 people. → Dial nine one one or call one one two, but call nine hundred twelve people.
max. 3, min. 2, avg. 4, est. 1990 → maximum three, minimum two, average four, established nineteen ninety
Never mind, old chap. → Never mind, old chap.
He was thrown into the brig. → He was thrown into the brig.
Chap. IV, Sec. II, vol. IX, Brig. Gen. Lee → Chapter four, Section two, volume nine, Brigadier General Lee
Apt. 4B, Hwy. 101, Bldg. 4, apt. 5 → Apartment four B, Highway one hundred one, Building four, apartment five
the ratio 3:1 → the ratio three to one
90210 → nine zero two one zero
12000 people → twelve thousand people
1920 people in 1920 → one thousand nine hundred twenty people in nineteen twenty
1,000,000 and 0.05 → one million and zero point zero five
v2.0.1 → v two point zero point one
v2.3.1 is out. → v two point three point one is out.
192.168.0.1 → one ninety two dot one sixty eight dot zero dot one
10.0.0.1:8080 and localhost:3000/x → ten dot zero dot zero dot one colon eighty eighty and localhost colon three thousand slash X
jsmith85@yahoo.com → jsmith eighty five at yahoo dot com
example.com/a/42, route66.com → example dot com slash A slash forty two, route sixty six dot com
us02web.zoom.us/j/89012 → us zero two web dot zoom dot us slash J slash eight nine zero one two
x.org/2005?v=dQw4w9#404 → X dot org slash twenty oh five question mark V equals D-Q-W four W nine hash four oh four
Is it example.com? → Is it example dot com?
IMG_1900.jpg → img underscore nineteen hundred dot J-P-G
jo@example.org → jo at example dot org
https://example.com/a?b=1 → example dot com slash A question mark B equals one
See www.example.com, or not. → See W-W-W dot example dot com, or not.
report.pdf → report dot P-D-F
#1 and #tag @ada → number one and hashtag tag at ada
A & B → A and B
10⁶, 10⁻³ and 10²³ → ten to the power of six, ten to the power of minus three and ten to the power of twenty three
1e-5 or 2.5e+6 → one times ten to the power of minus five or two point five times ten to the power of six
2x + 1 = 7 and 3x - 2y → two x plus one equals seven and three x minus two y
5x - 3x = 2; a 10x - 20x gain → five x minus three x equals two; a ten times — twenty times gain
2 x 3, 2x3 and a 2x speedup → two times three, two by three and a two times speedup
2 + 2 = 4 → two plus two equals four
9 - 5 = 4 and 3 * 4 → nine minus five equals four and three times four
numpy <2.0, >=3.11 and x!=5 → numpy less than two point zero, at least three point one one and x not equal to five
x<=5, n >= 10 → x less than or equal to five, n greater than or equal to ten
If a<b and c>d && e, (<1 h) → If a less than b and c greater than d and e, less than one hour
>50 years; a <b class="x">bold</b>x → greater than fifty years; a bold x
a=>b, c->d, e <- f, y := 5; y -= 2 → a, b, c, d, e, f, y equals five; y minus equals two
Settings > Privacy, quality > quantity → Settings, Privacy, quality greater than quantity
===== → (nothing)
Lee <lee@x.org>, <URL: http://x.org/b/> → Lee lee at X dot org, X dot org slash B
<a href="x. → a href equals x.
x**2, 2 ** 10, **5** → x squared, two to the power of ten, five
8 / 2 = 4, 10/2=5 → eight divided by two equals four, ten divided by two equals five
1/2 = 0.5, 9-5=4, 5–3=2 → one half equals zero point five, nine minus five equals four, five minus three equals two
–10 to –5, a –2% change → minus ten to minus five, a minus two percent change
from –$5, (−3) → from minus five dollars, minus three
T−10 minutes, T-10 seconds, a T-34 → T minus ten minutes, T minus ten seconds, a T thirty four
1914–18, 1914 –18, x − y → nineteen fourteen to eighteen, nineteen fourteen to eighteen, x minus y
AT&T, R&B and A & B → A-T and T, R and B and A and B
Shh! Hm, hmm. Mmm? Mhm, mm-hmm. → Shush! Hmm, hmm. Hmm? Uh-huh, uh-huh.
Brr, Grr, Zzz, Pfft, psst, Tsk. → Bur, Gurr, Zuzz, Phut, psst, Tsk.
HM the King, mm and FBI → HM the King, mm and FBI
C++ and C# → C plus plus and C sharp
and/or TCP/IP → and or TCP slash IP
3D MP3 H2O F-16 → three D MP three H two O F sixteen
24/7, 24-7, 9/11 → twenty four seven, twenty four seven, nine eleven
a 50-50 split, the 80/20 rule, 20/20 vision → a fifty fifty split, the eighty twenty rule, twenty twenty vision
a 2-2 draw but a 3-2 win and a 1-1 ratio → a two two draw but a three to two win and a one to one ratio
It got 8/10, 4/5 stars; 9/10 of us → It got eight out of ten, four out of five stars; nine tenths of us
a 747-400, Boeing 737-800s → a seven forty seven four hundred, Boeing seven thirty seven eight hundreds
pages 707-717 → pages seven hundred seven to seven hundred seventeen
an A320-200 → an A three twenty two hundred
DC 20001-1234 → DC two zero zero zero one, one two three four
FBI and SQL and NASA → FBI and SQL and NASA
NGOs, PCs and an ETA → N-G-O's, P-C's and an E-T-A
WARNING: DO NOT ENTER → Warning: do not enter
WE LOVE U.S. STEEL AND AT&T. → We love U-S steel and A-T and T.
US EPA RULES → Us E-P-A rules
ROM, two PINs and a SIM card on the LAN → Rom, two pins and a sim card on the lan
I said YES, OH my, in Dayton, OH → I said yes, oh my, in Dayton, Ohio
The WHO and a WHO report: WHO warned. But WHO did it? → The W-H-O and a W-H-O report: W-H-O warned. But WHO did it?
NCAA, IPv4, IoT, SaaS and PostgreSQL → N-C-A-A, I-P-V four, I-O-T, sass and Postgress-Q-L
**Bold** and _it_ and `code` → Bold and it and code
# The Heading → The Heading
> quoted → quoted
> It goes > on. → It goes on.
So. > It goes on. → So. It goes on.
---> here, a --> b, "<" → here, a, b, less than
- a bullet → a bullet
1. Mix the flour. → one, Mix the flour.
[text](https://x.org/y) and ~~gone~~ → text and gone
<b>Bold</b> &amp; more → Bold and more
The city grew.[1] In 1999[2] parks[3, 4][5] came. → The city grew. In nineteen ninety nine parks came.
See [1], [the docs][2], sys.argv[1] and x[1] = 5 → See, one, the docs, sys dot argv, one, and x, one, equals five
left -- quickly → left — quickly
left - quickly → left — quickly
left – quickly—now → left — quickly — now
$9.99-$19.99 → nine dollars and ninety nine cents to nineteen dollars and ninety nine cents
$1.25-$1.50 million → one point two five to one point five zero million dollars
5 mg/5 mL, 9 mL/min/1.7 m2 → five milligrams per five milliliters, nine milliliters per minute per one point seven square meters
10-10:30, 9-9:45 AM, 8:05a → ten to ten thirty, nine to nine forty five A-M, eight oh five A-M
midnight–3am → midnight to three A-M
Rte. 9, Blk. 3, est. time, est. in 1990 → Route nine, Block three, estimated time, established in nineteen ninety
Los Angeles, CA, Boston, MA, Erie, PA 16501 → Los Angeles, California, Boston, M-A, Erie, Pennsylvania one six five zero one
Yes, OK. Tulsa, OK 74101. → Yes, OK. Tulsa, Oklahoma seven four one zero one.
It's Ann, ME! Lee, MD, left. → It's Ann, ME! Lee, M-D, left.
the 60's, 1960's, '80's and 90's kids → the sixties, nineteen sixties, eighties and nineties kids
12.3 x 10^9/L, 200g/7oz → twelve point three times ten to the power of nine per liter, two hundred grams seven ounces
1/2/20-3/4/20 → January second twenty twenty to March fourth twenty twenty
a 45 y/o man, 25yo, 5 y.o., 3 yo-yos → a forty five year-old man, twenty five year-old, five year-old, three yo-yos
Open Aug. 5-Sept. 6 and June 5–July 3. → Open August fifth to September sixth and June fifth to July third.
June 5-6, 2020, March 3-5 p.m. → June fifth to sixth, twenty twenty, March third to five P-M.
3–5 Mar. at 5, 2019–present → third to the fifth of March at five, twenty nineteen to present
June 5 – he left → June fifth — he left
Jan. 2019-Mar. 2020 → January twenty nineteen to March twenty twenty
May 2019 – June 2020 → May twenty nineteen to June twenty twenty
Matt. 5:3, 1 Cor. 13:4-7, 2 Tim 3:16 → Matthew five three, one Corinthians thirteen four to seven, two Timothy three sixteen
Rev. 21:4, Ex. 20:1–17, Rev. Lee → Revelation twenty one four, Exodus twenty one to seventeen, Reverend Lee
on Thurs. that Q3 sales fell → on Thursday that Q three sales fell
3 cents/share, $78/bbl, dollars/euros → three cents per share, seventy eight dollars per barrel, dollars slash euros
Q1–Q3 2020, B1-B6, q2–4h, T1-weighted → Q one to Q three twenty twenty, B one to B six, q two to four hours, T one weighted
run ./configure in ~/bin, see ../src → run dot slash configure in tilde slash bin, see dot dot slash S-R-C
a/b = b/c, a/b/c, 6 Ft Tall → a slash b equals b slash c, a slash b slash c, six Ft Tall
B.Sc., M.Sc. and D.Phil., B. Scott → B Sc, M Sc and D Phil, B Scott
1/2 c. milk, 2 c. flour, 1 c. sugar → one half cup milk, two cups flour, one cup sugar
the 1,001st, 1,000,003rd and 1,000th time → the one thousand first, one million third and one thousandth time
9/10ths of 2/3s, 9/10 → nine tenths of two thirds, nine out of ten
1 234 567 people, 10 000 → one million two hundred thirty four thousand five hundred sixty seven people, ten thousand
the U.S and N.W.A, U.S.A, J.K. Rowling → the US and N-W-A, USA, J-K Rowling
FY2023-24, FY2023, 1920 x 1080 → F-Y twenty twenty three to twenty four, F-Y twenty twenty three, nineteen twenty by ten eighty
365 x 100 = 36500, 10 x 20 → three hundred sixty five times one hundred equals three six five zero zero, ten times twenty
in the 2010s, the mid-2020s and the 2000s → in the twenty tens, the mid twenty twenties and the two thousands
1½–2 cups, ½-1 tsp → one and a half to two cups, one half to one teaspoon
2-1/2 cups, ¼–½ tsp → two and a half cups, one quarter to one half teaspoon
3–3½ hours, 8½" x 11", 1½-inch → three to three and a half hours, eight and a half inches by eleven inches, one and a half inch
three $20s, $100s of things, $5mm, $5MM → three twenties, hundreds of things, five million dollars, five million dollars
Rs. 500, ₹1,50,000, Rs 5,00,00,000 → five hundred rupees, one hundred fifty thousand rupees, fifty million rupees
€5,50 or €1,500 → five euros and fifty cents or one thousand five hundred euros
24/7/365 in 4/4 time, three times 3/4 → twenty four seven three hundred sixty five in four four time, three times three quarters
+/- 5%, UTC-5, the class of '09, '69 → plus or minus five percent, UTC minus five, the class of oh nine, sixty nine
error 0x80070005 and 0xFF → error zero X eight zero zero seven zero zero zero five and zero X F F
Call 555 123 4567. → Call five five five, one two three, four five six seven.
(02) 9876 5432 → zero two, nine eight seven six, five four three two
Washington, DC 20500. Austin, TX 20000 people → Washington, DC two zero five zero zero. Austin, TX twenty thousand people
at 1430 hours, at 0800 hours, 2000 hours → at fourteen thirty hours, at oh eight hundred hours, two thousand hours
2023-01-15T15:00:00Z → January fifteenth twenty twenty three at fifteen hundred UTC
10:00:05, 12:00:00 a.m. → ten oh oh and five seconds, twelve A-M.
noon-1pm, 11am-noon; at noon – 5 men came → noon to one P-M, eleven A-M to noon; at noon — five men came
Tuesday 3/14, Tues 3/15, the week of 3/4 → Tuesday March fourteenth, Tuesday March fifteenth, the week of March fourth
25-Dec-2020, 5-Jan-21 → the twenty fifth of December twenty twenty, the fifth of January twenty twenty one
Jan '23 → January twenty three
next Wed, this Fri, last Sat, this Sun rises → next Wednesday, this Friday, last Saturday, this Sun rises
the XIX century, a I century, XX centuries → the nineteenth century, a I century, twentieth centuries
5% - 6%, an A- grade, vitamin A-rich → five to six percent, an A minus grade, vitamin A-rich
in B♭ major and F♯ minor → in B flat major and F sharp minor
2x/day, 3x per week → two times per day, three times per week
M&Ms, M&M's, B&Bs, Ms Lee & Ms Roe → M and M's, M and M's, B and B's, Miz Lee and Miz Roe
A/C, N/A, the P/E ratio, F/A-18, A/B/C → A-C, N-A, the P-E ratio, F-A eighteen, A slash B slash C
w/in 5 days, b/c I said, n/a → within five days, because I said, N-A
Art. 5, pop. 5,000, modern art. 5 → Article five, population five thousand, modern art. five
Lee (c. 1450 – 1516), Roe (b. 1950) → Lee, circa fourteen fifty to fifteen sixteen, Roe, born nineteen fifty
(d. 5 May 1999) → died the fifth of May nineteen ninety nine
(r. 1558–1603) → reigned fifteen fifty eight to sixteen oh three
a. 100 b. 200 c. 300 mg → a. one hundred b. two hundred c. three hundred milligrams
an est. 5,000 people (2021 est.) → an estimated five thousand people, twenty twenty one estimate
est. $1bn, est. 2000 people, est. 1990 → estimated one billion dollars, estimated two thousand people, established nineteen ninety
Apt 4B, Rm 12, Rte 66, Mt Fuji, Ft Lauderdale → Apartment four B, Room twelve, Route sixty six, Mount Fuji, Fort Lauderdale
350 Fifth Ave NW, 5th Ave, Abbey Rd, Ave Maria → three hundred fifty Fifth Avenue NW, fifth Avenue, Abbey Road, Ave Maria
Det. Lee, Fr. Brown, Msgr. Ryan, Atty. Gen. Roe → Detective Lee, Father Brown, Monsignor Ryan, Attorney General Roe
1 hr. 20 min. away, a (14-oz.) can → one hour twenty minutes away, a, fourteen ounce, can
40 mpg, 12 kts, 10 kΩ, 100 μF → forty miles per gallon, twelve knots, ten kiloohms, one hundred microfarads
10 mg/kg/day, 5 mL/kg/h → ten milligrams per kilogram per day, five milliliters per kilogram per hour
a 1,200 sq. ft. home, 12 fl. oz., 5 cu. ft. → a one thousand two hundred square foot home, twelve fluid ounces, five cubic feet.
52,000 km2, 5 m3 but MP3 → fifty two thousand square kilometers, five cubic meters but MP three
40° 26′ 46″ N → forty degrees twenty six minutes forty six seconds North
45.5°N, 122° W, 90° We → forty five point five degrees North, one hundred twenty two degrees West, ninety degrees We
He is 6'2, 5'11'' or 6'2". → He is six foot two, five foot eleven or six foot two.
Wait... what?! → Wait… what?
He said (quietly) "no" [again]. → He said, quietly, no, again.
“Curly” ‘quotes’ don’t hurt → Curly quotes don't hurt
'Hello,' he said. → Hello, he said.
the dogs' bones → the dogs' bones
Hello 😀 world 👩‍👩‍👧! → Hello world!
😀 → (nothing)
!!! → (nothing)
— → (nothing)
The film was made in MCMXCIV, not in MMXXIII. → The film was made in nineteen ninety four, not in twenty twenty three.
MIX it, MIDI and MDMA → MIX it, MIDI and MDMA
WWII, WW2 and WWI veterans → World War two, World War two and World War one veterans
The II Corps and XVIII Airborne → The second Corps and eighteenth Airborne
Section IV.B.2 and Section IV. → Section four B two and Section four.
Pentium III, Star Trek IV, Algebra II → Pentium three, Star Trek four, Algebra two
an IV line, 5 mg IV, the IV was placed → an I-V line, five milligrams I-V, the I-V was placed
IV. Results of the First XI → four. Results of the First eleven
(i) one; (ii) two; (iv) four, the current (i) → one, one; two, two; four, four, the current, one
the current (i) and clause (iii), p. xii, pp. iv–x → the current, one, and clause, three, page twelve, pages four to ten
the factor (x) and clause ii → the factor, x, and clause ii
Thx, ur mtg is gr8, pls call; Ur, pls.com → Thanks, your meeting is great, please call; Ur, P-L-S dot com
aka the boss, idk, FWIW, TL;DR → A-K-A the boss, I-D-K, F-W-I-W, T-L-D-R
He/she lost his/her key; s/he, (s)he → He or she lost his or her key; she or he, she or he
she/her, they/them/theirs; he/she/it → she her, they them theirs; he slash she slash it
AD 70, 300 CE, an AD for AM radio, I AM → A-D seventy, three hundred C-E, an AD for A-M radio, I AM
3pm ET, the SEC, SEC football, 12% APR → three P-M E-T, the S-E-C, SEC football, twelve percent A-P-R
CI and EPS, an OT, two RBIs, IEEE 754 → C-I and E-P-S, an O-T, two R-B-I's, I triple E seven hundred fifty four
an MS in physics; MS. LEE IS IN → an M-S in physics; Miz LEE IS IN
Lee v. the State, §§ 4-7; see § 5. → Lee versus the State, sections four to seven; see section five.
Smith v. Jones, 3 F.3d 4, 5 F. Supp. 2d 6 → Smith versus Jones, three F third four, five F Supplement second six
9th Cir. 1997, Fed. R. Civ. P. 12 → ninth Circuit nineteen ninety seven, Federal R Civil P twelve
Op. 67, Para. 14, paras. 4-5 → Opus sixty seven, Paragraph fourteen, paragraphs four to five
App. B, No. XJ-9 → Appendix B, Number XJ nine
dep. 6:45, pp. 3 ff., 4th ed., (eds.) → departure six forty five, pages three and following, fourth edition, editors
Sec. of State Lee, the Rt Hon Bo, Gen. Z → Secretary of State Lee, the Right Honorable Bo, Gen Z
Jo (R-OH) and Ann (D-Calif.) → Jo, R, Ohio, and Ann, D, California
from Tampa, Fla., to Gary, Ind. → from Tampa, Florida, to Gary, Indiana.
Erie, Pa., is Lee's, Miss. → Erie, Pennsylvania, is Lee's, Miss.
Sorry, Miss. → Sorry, Miss.
$0.98 est., est. 1990, Unit 5/12 → ninety eight cents estimate, established nineteen ninety, Unit five, twelve
Ens. Kim, Brig. Gen. Lee, Pfc. Joe, Cllr. Roe → Ensign Kim, Brigadier General Lee, Private First Class Joe, Councillor Roe
Qty. 5, amt: 6, 5 Oak Ln., Elm Ct., Park Pl. → Quantity five, amount: six, five Oak Lane, Elm Court, Park Place.
12/23–1/2, 5/9 - 5/12 → December twenty third to January second, May ninth to May twelfth
1/2-3/4 cup, 13/40-2/3 → one half to three quarters cup, thirteen fortieths to two thirds
FY21/22, FY 23-24, FY23/25 → F-Y twenty one to twenty two, F-Y twenty three to twenty four, F-Y twenty three twenty fifths
M–F 8a–6p, 9-5 M-F, M-F scale → Monday to Friday eight A-M to six P-M, nine to five Monday to Friday, M-F scale
at 5:50p, at 5:50p.m. sharp, at 0600 hrs → at five fifty P-M, at five fifty P-M sharp, at oh six hundred hours
a $(1.2)M loss → a minus one point two million dollars loss
Rs. 2.5 lakh, ₹3 crore → two point five lakh rupees, three crore rupees
SEK 25, 1 NOK, PLN 40, 1 BTC → twenty five Swedish kronor, one Norwegian krone, forty Polish zlotys, one bitcoin
US$5, A$7, C$6.50 → five dollars, seven Australian dollars, six Canadian dollars and fifty cents
fell 5 bps, up 25bp, 56 bps, 9p each → fell five basis points, up twenty five basis points, fifty six bps, nine pence each
a 9"x13" dish, a 6-in. pipe, 2 doz. eggs → a nine inch by thirteen inch dish, a six inch pipe, two dozen eggs
2 Tbs. oil, 100 sq. km, 4 g/24 hrs → two tablespoons oil, one hundred square kilometers, four grams per twenty four hours
at 25.5N 80.2W, each 5ml contains → at twenty five point five North, eighty point two West, each five milliliters contains
a 3.9/4.0, $1,200/mo. + tips → a three point nine out of four, one thousand two hundred dollars per month plus tips
EUR/USD 1.08, YoY, FY'23, 401k → E-U-R U-S-D one point zero eight, year over year, F-Y twenty three, four oh one K
1.5M shares, 5k likes, 3m wires → one point five million shares, five thousand likes, three meters wires
at 10:05P, 5:30/mi, 5 ppb → at ten oh five P-M, five thirty per mi, five parts per billion
see u tmrw b/w 2-3pm, I'm tired rn, an RN → see u tomorrow between two to three P-M, I'm tired right now, an RN
k8s, i18n and a11y, SELECT * FROM t → K eight S, I eighteen N and A eleven Y, SELECT star FROM t
My # is 5, Conf# AB1, C# code → My number is five, Conf number AB one, C sharp code
5th fl., 35y old, 240V~ 50/60Hz, ~5 → fifth floor, thirty five years old, two hundred forty volts fifty, sixty hertz, about five
25/33 mpg, 4 lb-ft → twenty five, thirty three miles per gallon, four pound-feet
12 st 4 lb, 12V/2A → twelve stone four pounds, twelve volts, two amps
1 pt. cream, 73.15 K → one pint cream, seventy three point one five kelvins
30 inHg, 4 cd/m² → thirty inches of mercury, four candelas per square meter
1'000'000 or 1_000 → one million or one thousand
1e3 and 2.5e6 → one times ten cubed and two point five times ten to the power of six
cont'd, Int'l and gov't → continued, International and government
a 5-min. break, min. 5, the 19th c. was → a five minute break, minimum five, the nineteenth century was
N. Korea, W. Virginia, J. N. Lee → North Korea, West Virginia, J N Lee
Pt. 2, Pt. Barrow, Adm. (Ret.) Lee → Part two, Point Barrow, Admiral, Retired, Lee
the 5'-UTR and 3' end, a 6' wall → the five prime UTR and three prime end, a six foot wall
1 tbsp. (15 mL), 1 in. (2 cm) → one tablespoon, fifteen milliliters, one inch, two centimeters
in Bb major, Eb → in B flat major, Eb
Res. 27, 2d Cir. 1999, Roe d/b/a Acme → Resolution twenty seven, second Circuit nineteen ninety nine, Roe D-B-A Acme
19 km NE of Rome, SW winds, Lee def. Roe → nineteen kilometers northeast of Rome, southwest winds, Lee defeated Roe
a high of 88F, temp: 9 F, a Model 88F → a high of eighty eight degrees Fahrenheit, temp: nine F, a Model eighty eight F
12.3 K/uL, 5 IU/mL → twelve point three thousand per microliter, five international units per milliliter
2.2pp, 20pp → two point two percentage points, twenty pp
O(n log n), O(n²), runway 27L → O of n log n, O of n squared, runway twenty seven left
N 40° 44.9′, 33°51′S → North forty degrees forty four point nine minutes, thirty three degrees fifty one minutes South
1:31:44.742 → one hour thirty one minutes forty four point seven four two seconds
E.g. this, eg this, I.e. that, ie that, IE → For example this, for example this, That is that, that is that, IE
Profs. Lee and Roe, Chs. 2-4, Secs. 3, 4 → Professors Lee and Roe, Chapters two to four, Sections three, four
Austin, TX is hot; from Denver, CO to Rome, GA → Austin, Texas is hot; from Denver, Colorado to Rome, Georgia
Ann, OR else; Lee, MS in hand → Ann, OR else; Lee, M-S in hand
the 49ers and 76ers → the forty niners and seventy sixers
2020.09.10, v2020.9.1 → September tenth twenty twenty, v twenty twenty point nine point one
12.30-1.15pm, 12.30-1.15 → twelve thirty to one fifteen P-M, twelve point three zero to one point one five
5 pct, 5pc, 5 pcs, 5,50 €, 5.00€ → five percent, five percent, five pieces, five euros and fifty cents, five euros
8½ × 11 in. → eight and a half by eleven inches.
7/11 coffee, #1, #100DaysOfCode → seven eleven coffee, number one, hashtag one hundred DaysOfCode
vv. 6-7 → verses six to seven
Señor Muñoz ordered a crêpe. → Señor Muñoz ordered a crêpe.
ＦＵＬＬ width → FULL width
Z̸̛͇a̷̛͇l̴̛͇g̵̛͇o̶ → Zalgo
zero\u200bwidth and soft\xadhyphen \u202eturned\u202c → zerowidth and softhyphen turned
""".strip("\n").splitlines()


@pytest.mark.parametrize("case", CASES)
def test_what_is_written_becomes_what_is_said(case: str) -> None:
    written, _, spoken = case.partition(" → ")
    assert normalize(written.encode().decode("unicode_escape") if "\\u" in written else written, "en-US") == spoken.replace(
        "(nothing)", ""
    )


SUBJECTS = [
    "The old clock",
    "Her brother",
    "A red kite",
    "Nobody",
    "I",
    "We've",
    "Peter",
    "Señor Muñoz",
    "The doctor's wife",
    "They",
]
VERBS = ["wound", "might have seen", "didn't read", "carried", "was", "sang to", "left"]
ENDS = ["again.", "the well-known house, I think.", "no one; then it rained!", "him — quickly.", "what: a café?", "so did I…"]
PLAIN = [f"{subject} {verb} {end}" for subject in SUBJECTS for verb in VERBS for end in ENDS]
NOT_PLAIN = [
    "Mr Smith",
    "Come, Dr Lee",
    "etc",
    "Shh, quietly",
    "What ur saying",
    "It was cont'd",
    "Lee, aka Bo",
    "He met Mrs. Lee",
    "World War I",
    "See Part I.",
    "Closed on Sat",
    "Sault Ste. Marie",
    "NASA",
    "It is 5.",
    "a  b",
    "a-",
]


@pytest.mark.parametrize("sentence", PLAIN)
def test_the_fast_path_says_what_the_rules_say(sentence: str) -> None:
    assert is_plain(sentence)
    assert normalize(sentence, "en-US") == sentence == module._english(sentence, american=True)


@pytest.mark.parametrize("sentence", PLAIN[::60])
def test_the_fast_path_says_what_the_grammar_says(sentence: str) -> None:
    assert module._grammar(sentence, "en") == sentence


@pytest.mark.parametrize("sentence", NOT_PLAIN)
def test_what_a_rule_changes_is_not_plain(sentence: str) -> None:
    assert not is_plain(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It rained for 12 days in 1984.",
        "He was born on May 14, 1987.",
        "She paid for 3.5 and won 1,234.",
        "The 22nd of 1/3 in the 1990s",
    ],
)
def test_numbers_one_by_one_are_said_as_in_the_whole_sentence(sentence: str) -> None:
    assert normalize(sentence, "en-US").lower() == module._american_grammar(sentence, "en").lower()


def test_words_do_not_load_the_grammars() -> None:
    code = (
        "import sys; from ttscli.text.normalize import normalize; normalize('Mr. Lee left.', 'en-US');"
        "sys.exit('kitten_text_processing' in sys.modules or 'phonemizer' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_other_languages_use_their_own_grammar_or_none() -> None:
    assert normalize("Es sind 5 Tage.", "de-DE") == "Es sind fünf Tage."
    assert normalize("„Ano“ – 5 dní…", "cs") == "Ano — 5 dní…"


@pytest.mark.parametrize("language", ["en-US", "cs"])
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60) | st.text("0123456789.,:/-$%£°'\"()#@ abcAMPIVX", max_size=25))
def test_any_text_is_taken_and_only_words_come_out(text: str, language: str) -> None:
    spoken = normalize(text, language)
    assert spoken == "" or any(map(str.isalnum, spoken))
    assert not any(character.isspace() and character != " " for character in spoken)
    assert "  " not in spoken and spoken == spoken.replace("(nothing)", "")
    assert not set(spoken) & set('()[]{}<>"*_~`^\\|/@#$%&+=“”–')
    if language == "en-US":
        assert not any(character.isdigit() and character.isascii() for character in spoken)
    assert spoken[:1] not in tuple(PAUSES)


@pytest.mark.parametrize("n_groups", [9, 400])
def test_a_number_beyond_all_names_is_read_digit_by_digit(n_groups: int) -> None:
    assert normalize("1" + ",111" * (n_groups - 1), "en-US").split() == ["one"] * (3 * n_groups - 2)


def test_british_numbers_keep_their_and() -> None:
    assert normalize("215 days", "en-US") == "two hundred fifteen days"
    assert normalize("215 days", "en-GB") == "two hundred and fifteen days"
    assert normalize("on 4/7/2021 and 3/4/21", "en-GB") == (
        "on the fourth of July twenty twenty one and the third of April twenty twenty one"
    )
    assert normalize("from 4/12-13/12", "en-GB") == "from the fourth of December to the thirteenth of December"
    assert normalize("due 10/12, Fri. 12/25", "en-GB") == "due the tenth of December, Friday the twenty fifth of December"
