"""Given names that are common in Czechia, each a man's or a woman's alone, and the offices people are addressed by.

A name that both bear (Nikola, Saša, Míša, René) is in neither: it says nothing of how to address its bearer.
"""

from __future__ import annotations

MEN = frozenset(
    """Adam Adolf Alan Albert Aleš Alexandr Alexej Alfréd Alois Ambrož Andrej Antonín Arnošt Artur Augustin
    Bartoloměj Bedřich Blahoslav Bohdan Bohumil Bohumír Bohuslav Boleslav Boris Bořivoj Břetislav Ctibor
    Ctirad Čeněk Čestmír Dalibor Dalimil Dan Daniel David Denis Dominik Drahomír Drahoslav Dušan Eduard
    Emanuel Emil Erik Evžen Felix Ferdinand Filip František Gabriel Gustav Hanuš Herbert Heřman Horymír Hubert
    Hugo Hynek Ignác Igor Ivan Ivo Jakub Jan Janek Jarmil Jaromír Jaroslav Jáchym Jeroným Jindřich Jiří Jonáš
    Josef Julius Kamil Karel Kazimír Klement Kryštof Kristián Kvido Ladislav Leopold Leoš Libor Lubomír Lubor
    Luboš Ludvík Luděk Lukáš Lumír Marcel Marek Marian Martin Matěj Matouš Matyáš Maxmilián Maxim Metoděj
    Michael Michal Mikuláš Milan Miloslav Miloš Miroslav Mojmír Norbert Oldřich Oleg Oliver Ondřej Oskar Ota
    Otakar Oto Otto Patrik Pavel Pavol Petr Přemysl Radan Radek Radim Radko Radomil Radomír Radoslav Radovan
    Rastislav Richard Robert Robin Roland Roman Rostislav Rudolf Řehoř Samuel Sebastian Sergej Silvestr Slavoj
    Slavomír Stanislav Svatopluk Svatoslav Štefan Štěpán Šimon Tadeáš Teodor Tibor Tobiáš Tomáš Vavřinec
    Václav Valentin Valerián Vasil Věroslav Viktor Vilém Vincenc Vít Vítězslav Vladan Vladimír Vladislav
    Vlastimil Vlastislav Vojtěch Vratislav Zbyněk Zbyšek Zdenek Zdeněk Zikmund Zoltán""".split()  # noqa: SIM905
)
WOMEN = frozenset(
    """Adéla Adriana Agáta Alena Alexandra Alice Alžběta Amálie Anastázie Anděla Andrea Aneta Anežka Anna Antonie
    Apolena Aurélie Barbora Beáta Běla Berta Blanka Blažena Bohdana Bohumila Bohuslava Božena Brigita
    Bronislava Cecílie Dagmar Dana Daniela Darina Denisa Diana Dominika Dorota Drahomíra Drahoslava Drahuše
    Edita Ela Elena Eleonora Eliška Elvíra Ema Emilie Emílie Erika Ester Eva Evelína Evženie Filoména
    Františka Gabriela Galina Hana Hedvika Helena Hermína Ilona Irena Irma Iva Ivana Ivanka Iveta Ivona
    Izabela Jana Jarmila Jaromíra Jaroslava Jindra Jindřiška Jiřina Jitka Johana Jolana Josefa Josefína Judita
    Julie Julia Justýna Kamila Karina Karla Karolína Kateřina Klára Klaudie Klaudia Kristina Kristýna Květa
    Květoslava Květuše Ladislava Lada Laura Lea Lenka Leona Libuše Lidmila Lidie Liliana Linda Ljuba Lucie
    Ludmila Luďka Lýdie Magda Magdalena Magdaléna Marcela Margita Marie Mariana Marika Markéta Marta Martina
    Matylda Michaela Milada Milana Milena Miloslava Milica Miluše Miroslava Monika Naděžda Natálie Nataša Nela
    Nina Nora Olga Olina Otilie Oxana Patricie Pavla Pavlína Petra Radana Radka Radmila Radomíra Radoslava
    Regina Renata Renáta Romana Rozálie Rut Růžena Sabina Sandra Sára Silvie Simona Slávka Soňa Stanislava
    Stela Svatava Světlana Svatoslava Svetlana Šárka Štefanie Štěpánka Tamara Taťána Tatiana Tereza Terezie
    Tereze Uršula Valentýna Valérie Vanda Vendula Věra Veronika Viktorie Viola Vladimíra Vladislava Vlasta
    Vlastimila Xenie Zdena Zdeňka Zdenka Zita Zlata Zlatuše Zora Zuzana Žaneta Žofie""".split()  # noqa: SIM905
)

OFFICES_OF_MEN = {
    "starosta": "starosto", "místostarosta": "místostarosto", "primátor": "primátore", "hejtman": "hejtmane",
    "náměstek": "náměstku", "ředitel": "řediteli", "předseda": "předsedo", "místopředseda": "místopředsedo",
    "tajemník": "tajemníku", "poslanec": "poslanče", "senátor": "senátore", "ministr": "ministře",
    "zastupitel": "zastupiteli", "redaktor": "redaktore", "šéfredaktor": "šéfredaktore",
    "koordinátor": "koordinátore", "manažer": "manažere",
}  # fmt: skip
"""Office → how its holder is addressed after "pane"."""
OFFICES_OF_WOMEN = {
    "starostka": "starostko", "místostarostka": "místostarostko", "primátorka": "primátorko",
    "hejtmanka": "hejtmanko", "náměstkyně": "náměstkyně", "ředitelka": "ředitelko", "předsedkyně": "předsedkyně",
    "místopředsedkyně": "místopředsedkyně", "tajemnice": "tajemnice", "poslankyně": "poslankyně",
    "senátorka": "senátorko", "ministryně": "ministryně", "zastupitelka": "zastupitelko",
    "redaktorka": "redaktorko", "šéfredaktorka": "šéfredaktorko", "koordinátorka": "koordinátorko",
    "manažerka": "manažerko",
}  # fmt: skip
"""The same after "paní"."""
OFFICES_OF_EITHER = frozenset({"radní", "mluvčí", "vedoucí"})
"""The same word for a man and a woman, and in address; the name says which."""
