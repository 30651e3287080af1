"""Spellings of the Russian regions, beside those that the bundled table and grammar give.

Names, OKATO codes and ISO codes of 83 units come from the dataset ``russia-regions``; oblasts and
krais are also known by the adjective alone ("Томская") and in Latin letters ("Tomskaya oblast").
Here stand the other names in use: short forms of republics, official double names, abbreviations of
autonomous okrugs, older transliterations. Word order, case, dashes, ё and brackets do not matter.

A city is no region: "Томск" and "Tomsk" may be the oblast or its capital, and are reported.
"""

from __future__ import annotations

BEYOND: dict[str, tuple[str, str, str]] = {
    "RU-CR": ("Republic of Crimea", "Республика Крым", "35000000"),
    "RU-SEV": ("Sevastopol", "Севастополь", "67000000"),
}
"""English and Russian name and OKATO code of the two units outside the schemes of 80 and 83."""

SPELLINGS: dict[str, tuple[str, ...]] = {
    "RU-AD": ("Адыгея", "Adygeya", "Republic of Adygea", "Republic of Adygeya", "Adyghe Republic"),
    "RU-AL": ("Republic of Altai", "Altay Republic", "Gorno-Altai", "Горный Алтай"),
    "RU-ALT": ("Altay Krai", "Altaisky Krai", "Altaiskiy Krai"),
    "RU-AMU": ("Amurskaya",),
    "RU-ARK": ("Arkhangel Oblast", "Archangelsk Oblast", "Arhangelsk Oblast"),
    "RU-BA": ("Башкортостан", "Башкирия", "Republic of Bashkortostan", "Bashkiria"),
    "RU-BU": ("Бурятия", "Republic of Buryatia", "Buryat Republic", "Buryatiya",
              "Republic of Buryatiya"),
    "RU-CE": ("Чечня", "Чеченская Республика - Чечня", "Республика Чечня", "Chechen Republic",
              "Chechnya Republic", "Republic of Chechnya"),
    "RU-CHU": ("ЧАО", "Чукотка", "Чукотский", "Chukotka", "Chukchi Autonomous Okrug",
               "Chukotsky Autonomous Okrug"),
    "RU-CR": ("Крым", "Crimea", "Крым, республика", "Republic of Krym"),
    "RU-CU": ("Чувашия", "Чувашская Республика - Чувашия", "Республика Чувашия", "Chuvash Republic",
              "Chuvash Republic - Chuvashia", "Republic of Chuvashia", "Chuvashiya"),
    "RU-DA": ("Дагестан", "Republic of Dagestan", "Daghestan"),
    "RU-IN": ("Ингушетия", "Ингушская Республика", "Republic of Ingushetia", "Ingushetiya",
              "Ingush Republic", "Republic of Ingushetiya"),
    "RU-KB": ("Кабардино-Балкария", "Республика Кабардино-Балкария", "КБР",
              "Kabardino-Balkarian Republic", "Kabardino-Balkar Republic",
              "Republic of Kabardino-Balkaria", "Kabardino-Balkariya", "Kabardin-Balkar Republic"),
    "RU-KAM": ("Камчатка", "Kamchatsky Krai", "Kamchatskiy Krai", "Kamchatka"),
    "RU-KC": ("Карачаево-Черкесия", "Республика Карачаево-Черкесия", "КЧР",
              "Karachay-Cherkess Republic", "Karachaevo-Cherkess Republic",
              "Karachayevo-Cherkessian Republic", "Karachaevo-Cherkessia",
              "Karachayevo-Cherkessia", "Karachay-Cherkessian Republic",
              "Karachai-Cherkess Republic", "Republic of Karachay-Cherkessia"),
    "RU-KEM": ("Кузбасс", "Кемеровская область - Кузбасс", "Kuzbass", "Kemerovo Oblast - Kuzbass",
               "Kemerovo Oblast (Kuzbass)"),
    "RU-KHM": ("ХМАО", "ХМАО - Югра", "Югра", "Ханты-Мансийский", "Ханты-Мансийский АО",
               "Khanty-Mansi Autonomous Okrug - Yugra", "Khanty-Mansi Autonomous Okrug - Ugra",
               "Khanty-Mansiysk Autonomous Okrug", "Khanty-Mansiysk Autonomous Okrug - Yugra",
               "Khanty-Mansiysky Autonomous Okrug", "Khanty-Mansi", "Khanty-Mansia", "KhMAO",
               "KhMAO - Yugra", "Yugra", "Ханты-Мансийский АО (Тюменская область)",
               "Ханты-Мансийский автономный округ - Югра (Тюменская область)"),
    "RU-KK": ("Хакасия", "Republic of Khakassia", "Khakasia", "Republic of Khakasia",
              "Khakasiya", "Republic of Khakasiya", "Khakassiya"),
    "RU-KL": ("Калмыкия", "Республика Калмыкия - Хальмг Тангч", "Republic of Kalmykia",
              "Kalmykiya", "Republic of Kalmykiya"),
    "RU-KO": ("Коми", "Komi Republic", "Republic of Komi"),
    "RU-KR": ("Карелия", "Republic of Karelia", "Kareliya", "Republic of Kareliya"),
    "RU-ME": ("Марий Эл", "Mari El Republic", "Republic of Mari El", "Mariy El",
              "Republic of Mariy El"),
    "RU-MO": ("Мордовия", "Republic of Mordovia", "Mordoviya", "Republic of Mordoviya"),
    "RU-LEN": ("Ленобласть",),
    "RU-KDA": ("Кубань",),
    "RU-MOS": ("Подмосковье", "Moscow Region"),
    "RU-MOW": ("г. Москва", "Moskva", "Москва - город федерального значения",
               "Москва, столица Российской Федерации, город федерального значения"),
    "RU-NEN": ("НАО", "Ненецкий", "Ненецкий АО", "Nenets", "Nenetsky Autonomous Okrug",
               "Ненецкий автономный округ (Архангельская область)"),
    "RU-NIZ": ("Nizhni Novgorod Oblast", "Nizhniy Novgorod Oblast", "Nizhegorod Oblast"),
    "RU-ORL": ("Orel Oblast", "Orlov Oblast"),
    "RU-PRI": ("Приморье", "Primorye", "Primorye Krai", "Primorskiy Krai", "Primorski Krai",
               "Maritime Territory"),
    "RU-SA": ("Саха", "Якутия", "Саха (Якутия)", "Республика Саха", "Республика Якутия", "РС(Я)",
              "Republic of Sakha", "Sakha", "Yakutia", "Yakutiya", "Republic of Sakha (Yakutia)",
              "Republic of Sakha (Yakutiya)", "Sakha Republic", "Sakha (Yakutiya)"),
    "RU-SAK": ("Сахалин", "Sakhalin"),
    "RU-SE": ("Северная Осетия", "Северная Осетия - Алания", "Республика Северная Осетия",
              "РСО - Алания", "РСО", "Алания", "North Ossetia - Alania", "Northern Ossetia",
              "Republic of North Ossetia - Alania", "Republic of North Ossetia",
              "North Ossetia Republic", "Severnaya Osetiya - Alaniya"),
    "RU-SEV": ("г. Севастополь", "Sevastopol City"),
    "RU-SPE": ("г. Санкт-Петербург", "Петербург", "СПб", "С.-Петербург", "Saint-Petersburg",
               "St. Petersburg", "Sankt-Peterburg", "Petersburg", "Saint Peterburg",
               "Санкт-Петербург - город федерального значения"),
    "RU-TA": ("Татарстан", "Татария", "Republic of Tatarstan", "Tatarstan Republic", "Tatariya"),
    "RU-TY": ("Тыва", "Тува", "Республика Тува", "Republic of Tuva", "Republic of Tyva", "Tyva",
              "Tuva Republic", "Tyva Republic"),
    "RU-UD": ("Удмуртия", "Республика Удмуртия", "Udmurt Republic", "Udmurtiya",
              "Republic of Udmurtia"),
    "RU-YAN": ("ЯНАО", "Ямало-Ненецкий", "Ямало-Ненецкий АО", "Ямал", "Yamal-Nenets",
               "Yamal-Nenets Autonomous Okrug", "Yamalo-Nenets", "Yamalo-Nenetsky Autonomous Okrug",
               "Ямало-Ненецкий автономный округ (Тюменская область)", "YaNAO"),
    "RU-YEV": ("ЕАО", "Еврейская АО", "Еврейская", "Jewish Autonomous Region",
               "Jewish Autonomous Okrug", "Evreyskaya Autonomous Oblast", "Jewish Oblast",
               "Jewish Autonomous"),
    "RU-ZAB": ("Забайкалье", "Zabaikalsky Krai", "Zabaykalskiy Krai", "Zabaikalskiy Krai",
               "Trans-Baikal Krai", "Transbaikal Krai", "Zabaikal Krai", "Zabaykal Krai"),
}  # fmt: skip
"""Other names of a region, by its id."""

ENDS_WITH_REPUBLIC = ("RU-AL",)
"""Republics whose bare name is another's too: "Алтай" is no spelling of the republic."""

SEVERAL: dict[str, tuple[str, ...]] = {
    "Алтай": ("RU-AL", "RU-ALT"),
    "Altai": ("RU-AL", "RU-ALT"),
    "Altay": ("RU-AL", "RU-ALT"),
}
"""Names that more than one region goes by."""

OKTMO: dict[str, str] = {"RU-NEN": "11800000", "RU-KHM": "71800000", "RU-YAN": "71900000"}
"""Codes of municipal units where they differ from OKATO."""

WITHOUT_CODES: dict[str, str] = {"11001000": "RU-ARK", "71001000": "RU-TYU"}
"""Codes under which official tables give the two oblasts without their okrugs."""

AGGREGATES: dict[str, tuple[str, ...]] = {
    "country": (
        "Российская Федерация", "Россия", "РФ", "Российская Федерация всего", "Всего по России",
        "Всего по Российской Федерации", "Россия, всего", "По России", "Итого по России",
        "Итого по РФ", "Всего по РФ", "Всего", "Итого", "в целом по Российской Федерации",
        "Russia", "Russian Federation", "Russian Federation total", "Russia total", "Total",
        "RU", "RUS", "643", "Российская Федерация (РФ)",
    ),
    "federal district": (
        "Центральный федеральный округ", "ЦФО", "Центральный ФО",
        "Северо-Западный федеральный округ", "СЗФО", "Северо-Западный ФО",
        "Южный федеральный округ", "ЮФО", "Южный ФО",
        "Северо-Кавказский федеральный округ", "СКФО", "Северо-Кавказский ФО",
        "Приволжский федеральный округ", "ПФО", "Приволжский ФО",
        "Уральский федеральный округ", "УФО", "УрФО", "Уральский ФО",
        "Сибирский федеральный округ", "СФО", "Сибирский ФО",
        "Дальневосточный федеральный округ", "ДФО", "ДВФО", "Дальневосточный ФО",
        "Крымский федеральный округ", "КФО", "Крымский ФО",
        "Central Federal District", "Northwestern Federal District",
        "North-Western Federal District", "Northwest Federal District",
        "Southern Federal District", "South Federal District",
        "North Caucasian Federal District", "North Caucasus Federal District",
        "Volga Federal District", "Privolzhsky Federal District", "Ural Federal District",
        "Urals Federal District", "Siberian Federal District", "Far Eastern Federal District",
        "Crimean Federal District", "Центральный", "Северо-Западный", "Южный",
        "Северо-Кавказский", "Приволжский", "Уральский", "Сибирский", "Дальневосточный",
        "Central", "Northwestern", "North-Western", "Southern", "North Caucasian", "Volga",
        "Ural", "Siberian", "Far Eastern",
    ),
    "economic region": (
        "Центральный экономический район", "Северный экономический район",
        "Северо-Западный экономический район", "Волго-Вятский экономический район",
        "Центрально-Черноземный экономический район", "Поволжский экономический район",
        "Северо-Кавказский экономический район", "Уральский экономический район",
        "Западно-Сибирский экономический район", "Восточно-Сибирский экономический район",
        "Дальневосточный экономический район", "Калининградский экономический район",
    ),
    "several regions": (
        "Москва и Московская область", "Московский регион", "г. Москва и Московская область",
        "Санкт-Петербург и Ленинградская область",
        "г. Санкт-Петербург и Ленинградская область", "Moscow and Moscow Oblast",
        "Saint Petersburg and Leningrad Oblast", "Арктическая зона Российской Федерации",
    ),
    "heading": (
        "в том числе", "в том числе:", "из них", "из них:", "в т.ч.", "including",
        "Регион", "Субъект Российской Федерации", "Субъекты Российской Федерации", "Region",
        "Наименование региона", "Регионы", "Территория",
    ),
    "outside the 85 units": (
        "Донецкая Народная Республика", "ДНР", "Луганская Народная Республика", "ЛНР",
        "Запорожская область", "Херсонская область", "Байконур", "г. Байконур",
        "Иные территории, включая Байконур", "Иные территории",
        "Территории за пределами РФ", "Новые территории", "Малороссийский ФО",
        "Donetsk People's Republic", "Luhansk People's Republic",
        "Lugansk People's Republic", "Zaporozhye Oblast", "Zaporizhzhia Oblast",
        "Kherson Oblast", "Baikonur",
    ),
}  # fmt: skip
"""Names in tables of regions that are no region, by what they are."""

FORMER: dict[str, tuple[str, ...]] = {
    "RU-PER": ("Пермская область", "Perm Oblast", "Коми-Пермяцкий автономный округ",
               "Komi-Permyak Autonomous Okrug", "Коми-Пермяцкий округ",
               "Коми-Пермяцкий округ, входящий в состав Пермского края"),
    "RU-KAM": ("Камчатская область", "Kamchatka Oblast", "Корякский автономный округ",
               "Koryak Autonomous Okrug", "Корякский округ",
               "Корякский округ, входящий в состав Камчатского края"),
    "RU-KYA": ("Таймырский автономный округ", "Эвенкийский автономный округ",
               "Таймырский (Долгано-Ненецкий) автономный округ", "Taymyr Autonomous Okrug",
               "Evenk Autonomous Okrug"),
    "RU-IRK": ("Усть-Ордынский Бурятский автономный округ", "Ust-Orda Buryat Autonomous Okrug",
               "Усть-Ордынский Бурятский округ"),
    "RU-ZAB": ("Читинская область", "Chita Oblast", "Агинский Бурятский автономный округ",
               "Agin-Buryat Autonomous Okrug", "Агинский Бурятский округ"),
}  # fmt: skip
"""Units that merged into another from 2005 to 2008, by that other."""
