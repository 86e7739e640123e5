"""The spellings of currencies, measures and scales, and the words that a number names instead of counting."""

import re
from collections.abc import Iterable

from assistant.nlp.tokens import word_set


def _names(table: str) -> dict[str, str]:
    """Every spelling in a table of lines ``unit: spelling, spelling``, to its unit."""
    rows = (line.split(":") for line in table.strip().splitlines())
    return {spelling.strip(): unit.strip() for unit, spellings in rows for spelling in spellings.split(",")}


CURRENCIES = _names("""
    USD: USD, US dollars, US dollar, dollars, dollar, $, US$
    EUR: EUR, euros, euro, €
    GBP: GBP, pounds sterling, pounds, £
    JPY: JPY, yen, ¥
    CHF: CHF, Swiss francs, Swiss franc
    CNY: CNY, RMB, yuan, renminbi
    INR: INR, rupees, rupee, ₹
    AUD: AUD, Australian dollars, A$, AU$
    CAD: CAD, Canadian dollars, C$, CA$
    HKD: HKD, Hong Kong dollars, HK$
    RUB: RUB, roubles, rubles, ₽
    KRW: KRW, ₩
    BRL: BRL, reais, R$
    SEK: SEK, Swedish kronor
    NOK: NOK, Norwegian kroner
    PLN: PLN, zloty
    TRY: TRY, Turkish lira, ₺
    ILS: ILS, shekels, ₪
""")
UNITS = _names("""
    second: seconds, second, secs, sec
    minute: minutes, minute, mins, min
    hour: hours, hour, hrs, hr, h
    day: days, day
    week: weeks, week
    month: months, month
    year: years, year, yrs, yr
    decade: decades, decade
    century: centuries, century
    millimetre: millimetres, millimeters, millimetre, millimeter, mm
    centimetre: centimetres, centimeters, centimetre, centimeter, cm
    metre: metres, meters, metre, meter, m
    kilometre: kilometres, kilometers, kilometre, kilometer, km
    mile: miles, mile
    foot: feet, foot, ft
    inch: inches, inch
    yard: yards, yard
    gram: grams, gram, g
    kilogram: kilograms, kilogram, kilos, kilo, kg
    milligram: milligrams, mg
    tonne: tonnes, tonne, metric tons
    ton: tons, ton
    pound: lbs, lb
    ounce: ounces, oz
    hectare: hectares, hectare, ha
    acre: acres, acre
    square kilometre: square kilometres, square kilometers, sq km, km2, km²
    square mile: square miles, sq mi
    square metre: square metres, square meters, m2, m²
    square foot: square feet, sq ft
    litre: litres, liters, litre, liter, l
    gallon: gallons, gallon
    barrel: barrels, barrel
    degree Celsius: °C, ° C, degrees Celsius
    degree Fahrenheit: °F, ° F, degrees Fahrenheit
    degree: degrees, degree, °
    kilometre an hour: km/h, kph
    mile an hour: mph, miles per hour
    kilowatt: kW
    megawatt: megawatts, megawatt, MW
    gigawatt: gigawatts, GW
    kilobyte: KB, kB
    megabyte: megabytes, MB
    gigabyte: gigabytes, GB
    terabyte: terabytes, TB
    hertz: Hz
    kilohertz: kHz
    megahertz: MHz
    gigahertz: GHz
""")
SCALES = {
    "hundred": 100, "dozen": 12, "thousand": 10**3, "k": 10**3, "lakh": 10**5, "million": 10**6, "m": 10**6,
    "mn": 10**6, "mln": 10**6, "crore": 10**7, "billion": 10**9, "bn": 10**9, "b": 10**9, "trillion": 10**12,
    "tn": 10**12, "t": 10**12,
}  # fmt: skip
VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8)}


# Words that a number names instead of counting; the second lot only where they have a capital.
LABELS = word_set(
    "article chapter section page pages paragraph annex appendix figure table resolution rule "
    "regulation directive version volume level grade room phase no. nos. nr. №"
)
CAPITAL_LABELS = word_set(
    "Part Act Form Class Group Area Case Type Line Unit Zone Route Flight Title Item Stage Protocol Step District No"
)


def alternation(spellings: Iterable[str]) -> str:
    """A pattern for any of these spellings, the longest first."""
    return "|".join(sorted(map(re.escape, spellings), key=len, reverse=True))
