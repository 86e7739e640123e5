"""What goes by several names: a question's "Burma" is read as the "Myanmar" of the documents, its "II" as their "2".

A table of the world's countries and some of their cities, by the names that English uses or used for them and the
commonest of their own; plain spellings that differ by a letter are the affair of `assistant.query.spelling`. Adjectives
are not in it. Pure functions.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from assistant.nlp.tokens import STOP_WORDS, fold, tokenize

_LONGEST = 6  # words of a name
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")
_NUMBERED = re.compile(r"(?<!\w)([^\W\d_]{3,})\s+(\d{1,2}|[IVX]{1,5}|[ivx]{1,5})(?![\w%]|[.,:]\d)")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
# The names of one place stand in one line, parted by commas. A name in capitals means itself in capitals only.
_PLACES = """
Myanmar, Burma, Birmania
Türkiye, Turkey, Turquie, Turquía
Côte d'Ivoire, Ivory Coast, Costa de Marfil, Elfenbeinküste
Eswatini, Swaziland
Czechia, Czech Republic, Česko, Tschechien
Netherlands, Holland, Nederland, Niederlande, Pays-Bas, Países Bajos
Philippines, Filipinas, Pilipinas, Philippinen
Germany, Deutschland, Allemagne, Alemania, Germania
Spain, España, Espagne, Spanien
France, Frankreich, Francia
Italy, Italia, Italie, Italien
Austria, Österreich, Autriche
Switzerland, Schweiz, Suisse, Svizzera, Suiza
Belgium, Belgique, België, Belgien
Portugal, Portogallo
Greece, Hellas, Grèce, Griechenland, Grecia
Poland, Polska, Pologne, Polen, Polonia
Hungary, Magyarország, Hongrie, Ungarn, Hungría
Sweden, Sverige, Suède, Schweden, Suecia
Norway, Norge, Norvège, Norwegen, Noruega
Denmark, Danmark, Danemark, Dänemark, Dinamarca
Finland, Suomi, Finlande, Finnland, Finlandia
Iceland, Ísland, Islande, Islandia
Ireland, Éire, Irlande, Irland, Irlanda
United Kingdom, UK, U.K., Great Britain, Britain, Royaume-Uni, Reino Unido
United States, USA, U.S.A., US, U.S., United States of America, États-Unis, Estados Unidos
Russia, Russian Federation, Russie, Russland, Rusia
Belarus, Belorussia, Byelorussia, White Russia
Ukraine, Ukraina
Moldova, Moldavia
Romania, Rumania, Roumania, Roumanie, Rumänien
Bulgaria, Bulgarie, Bulgarien
Croatia, Hrvatska, Croatie, Kroatien
Serbia, Srbija, Serbie, Serbien
Bosnia and Herzegovina, Bosnia, Bosnia-Herzegovina, Bosna i Hercegovina
North Macedonia, Macedonia, FYROM
Montenegro, Crna Gora
Albania, Shqipëria, Albanie, Albanien
Kosovo, Kosova
Slovenia, Slovenija, Slowenien
Slovakia, Slovak Republic, Slovensko, Slowakei
Estonia, Eesti, Estland
Latvia, Latvija, Lettland
Lithuania, Lietuva, Litauen
Cyprus, Kypros, Chypre, Zypern
Georgia, Sakartvelo, Géorgie
Armenia, Hayastan, Arménie
Vatican City, Holy See, Vatican
Morocco, Maroc, Marruecos, Marokko
Algeria, Algérie, Argelia, Algerien
Tunisia, Tunisie, Túnez, Tunesien
Egypt, Égypte, Egipto, Ägypten
Cabo Verde, Cape Verde
Equatorial Guinea, Guinea Ecuatorial
Cameroon, Cameroun, Kamerun
Chad, Tchad
Central African Republic, CAR, République centrafricaine
Democratic Republic of the Congo, Democratic Republic of Congo, DR Congo, DRC, D.R. Congo, Congo-Kinshasa, Zaire
Republic of the Congo, Republic of Congo, Congo-Brazzaville
Benin, Dahomey
Burkina Faso, Upper Volta
Mauritania, Mauritanie
Senegal, Sénégal
Ethiopia, Abyssinia, Éthiopie
Zimbabwe, Rhodesia
Lesotho, Basutoland
Botswana, Bechuanaland
Malawi, Nyasaland
Tanzania, Tanganyika, Tanzanie
South Africa, Afrique du Sud, Südafrika, Sudáfrica, Suid-Afrika
Comoros, Comores
São Tomé and Príncipe, São Tomé e Príncipe
Timor-Leste, East Timor
Sri Lanka, Ceylon
Thailand, Siam, Thaïlande
Cambodia, Kampuchea, Cambodge, Kambodscha, Camboya
Laos, Lao People's Democratic Republic, Lao PDR
Vietnam, Viet Nam
Malaysia, Malaya, Malaisie
Brunei, Brunei Darussalam
Indonesia, Dutch East Indies, Indonésie
India, Bharat, Inde, Indien
China, People's Republic of China, PRC, Zhongguo, Chine
Taiwan, Formosa, Chinese Taipei
South Korea, Republic of Korea, Korea, ROK, Corée du Sud, Südkorea, Corea del Sur
North Korea, Democratic People's Republic of Korea, DPRK
Japan, Nippon, Japon
Mongolia, Mongolie, Mongolei
Iran, Persia, Islamic Republic of Iran
Iraq, Irak
Syria, Syrian Arab Republic, Syrie, Syrien
Lebanon, Liban, Libanon, Líbano
Jordan, Jordanie, Jordanien
Saudi Arabia, KSA, Arabie saoudite
United Arab Emirates, UAE, U.A.E., Emirates, Émirats arabes unis
Palestine, State of Palestine, Palestinian Territories
Kyrgyzstan, Kirghizia, Kyrgyz Republic
Kazakhstan, Kasachstan
Turkmenistan, Turkmenia
Brazil, Brasil, Brésil, Brasilien
Mexico, Mexique, Mexiko
Peru, Pérou
Argentina, Argentine, Argentinien
Bolivia, Plurinational State of Bolivia, Bolivie
Venezuela, Bolivarian Republic of Venezuela
Dominican Republic, República Dominicana
Belize, British Honduras
Guyana, British Guiana
Suriname, Surinam, Dutch Guiana
Saint Kitts and Nevis, St Kitts and Nevis, St. Kitts and Nevis
Saint Lucia, St Lucia, St. Lucia
Saint Vincent and the Grenadines, St Vincent and the Grenadines, St. Vincent and the Grenadines
Trinidad and Tobago, Trinidad
New Zealand, Aotearoa, Nueva Zelanda
Papua New Guinea, PNG
Vanuatu, New Hebrides
Kiribati, Gilbert Islands
Samoa, Western Samoa
Micronesia, Federated States of Micronesia
Kyiv, Kiev
Kharkiv, Kharkov
Lviv, Lvov, Lemberg
Odesa, Odessa
Vienna, Wien, Vienne, Viena
Munich, München
Cologne, Köln
Nuremberg, Nürnberg
Hanover, Hannover
Milan, Milano
Turin, Torino
Florence, Firenze
Venice, Venezia
Naples, Napoli
Genoa, Genova
Lisbon, Lisboa
Seville, Sevilla
Athens, Athina
Thessaloniki, Salonika, Salonica
Prague, Praha
Warsaw, Warszawa
Kraków, Cracow
Gdańsk, Danzig
Wrocław, Breslau
Bucharest, București
Belgrade, Beograd
Moscow, Moskva, Moskau
Saint Petersburg, St Petersburg, St. Petersburg, Leningrad
Copenhagen, København
Gothenburg, Göteborg
Helsinki, Helsingfors
Tallinn, Reval
Brussels, Bruxelles, Brussel
Antwerp, Antwerpen, Anvers
Bruges, Brugge
The Hague, Den Haag
Geneva, Genève, Genf
Basel, Basle
Bern, Berne
Lucerne, Luzern
Lyon, Lyons
Marseille, Marseilles
Strasbourg, Strassburg
Istanbul, Constantinople
Izmir, Smyrna
Yangon, Rangoon
Naypyidaw, Naypyitaw, Nay Pyi Taw
Ho Chi Minh City, Saigon
Beijing, Peking
Guangzhou, Canton
Nanjing, Nanking
Hong Kong, Hongkong
Mumbai, Bombay
Kolkata, Calcutta
Chennai, Madras
Bengaluru, Bangalore
Varanasi, Benares
Dhaka, Dacca
Jakarta, Batavia, Djakarta
Astana, Nur-Sultan
Almaty, Alma-Ata
Tbilisi, Tiflis
Makkah, Mecca
Cairo, Al-Qahira
Casablanca, Dar el-Beida
Marrakesh, Marrakech
Tangier, Tanger, Tangiers
N'Djamena, Fort-Lamy
Kinshasa, Léopoldville
Maputo, Lourenço Marques
Mexico City, Ciudad de México
Havana, La Habana
"""


class _Named(NamedTuple):
    place: tuple[str, ...]  # all its names
    capitals: bool  # whether this one is written in capitals only: "us" is no country


def rename_places(text: str, says: Callable[[str], bool]) -> str:
    """The text with each name of a place that the documents don't use changed for one that they do.

    Args:
        text: a question.
        says: whether the documents say a name.
    """
    for start, end, place in reversed(list(_places_in(text))):
        if not says(text[start:end]):
            other = next((name for name in place if says(name)), text[start:end])
            text = f"{text[:start]}{other}{text[end:]}"
    return text


def convert_series_numbers(text: str, says: Callable[[str], bool]) -> str:
    """The text with the number behind a name as the documents write it: "Kestrel 3" as "Kestrel III", or back."""
    for match in reversed(list(_NUMBERED.finditer(text))):
        name, number = match.groups()
        value = _ROMAN.index(number.upper()) + 1 if number.upper() in _ROMAN else int(number) if number.isdigit() else 0
        if not 0 < value <= len(_ROMAN) or fold(name) in STOP_WORDS or says(match[0]):
            continue
        other = _ROMAN[value - 1] if number.isdigit() else str(value)
        if says(f"{name} {other}"):
            text = f"{text[: match.start(2)]}{other}{text[match.end(2) :]}"
    return text


def _places_in(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The spans of the names of places in a text, the longest at each word, with all names of the place."""
    told, at = tokenize(text), 0
    while at < len(told):
        for count in range(min(_LONGEST, len(told) - at), 0, -1):
            start, end = told[at].start, told[at + count - 1].end
            named = _names().get(tuple(word.text for word in told[at : at + count]))
            end -= 2 * bool(_POSSESSIVE.search(text, start, end))
            end += text[end : end + 1] == "." and "." in text[start:end]  # of "the U.S."
            if named and (not named.capitals or text[start:end].isupper()):
                yield start, end, named.place
                at += count - 1
                break
        at += 1


@cache
def _names() -> dict[tuple[str, ...], _Named]:
    """The table by the words of each name, folded."""
    places = [tuple(name.strip() for name in line.split(",")) for line in _PLACES.strip().splitlines()]
    return {
        tuple(word.text for word in tokenize(name)): _Named(place, capitals=name.isupper())
        for place in places
        for name in place
    }
