"""What is said of a file when its table is read: found, decided, left out."""

from __future__ import annotations

PARTED = {
    "Tab": "табуляцией",
    "Semicolon": "точкой с запятой",
    "Bar": "вертикальной чертой",
    "Comma": "запятой",
}
"""What parts the cells of a line."""

GROUPED = {
    "spaces": "пробелом",
    "apostrophes": "апострофом",
    "commas": "запятой",
    "points": "точкой",
}
"""What parts thousands."""

FORMS: dict[str, str] = {
    # the file
    "Excel, sheet '{sheet:any}'.": "Excel, лист «{sheet}».",
    "Other sheets are empty: {sheets:any}.": "Остальные листы пусты: {sheets}.",
    "The sheet is hidden in the workbook.": "Лист в книге скрыт.",
    "Hidden rows ({rows:n}) and columns ({columns:n}) are read like others.": (
        "Скрытые строки ({rows}) и столбцы ({columns}) прочитаны наравне с остальными."
    ),
    "Labels instead of codes in {columns:any}.": "Вместо кодов взяты метки: {columns}.",
    "Codes instead of labels: two codes of a column share a label.": (
        "Вместо меток взяты коды: у двух кодов одного столбца общая метка."
    ),
    # around the table
    "Left out: {n:n} {lines} above the heading, {text:any}": (
        "Над заголовком пропущено строк: {n}, {text}"
    ),
    "Left out: {n:n} {lines} below the table, {text:any}": (
        "Под таблицей пропущено строк: {n}, {text}"
    ),
    "Left out: {rows:n} empty {first}, {columns:n} empty {second}.": (
        "Пропущено пустых строк: {rows}, пустых столбцов: {columns}."
    ),
    "Left out: {n:n} empty row.": "Пропущено пустых строк: {n}.",
    "Left out: {n:n} empty rows.": "Пропущено пустых строк: {n}.",
    "Left out: {n:n} empty column.": "Пропущено пустых столбцов: {n}.",
    "Left out: {n:n} empty columns.": "Пропущено пустых столбцов: {n}.",
    "Left out: the row that numbers the columns.": "Пропущена строка с номерами столбцов.",
    "A heading of {n:n} rows was joined.": "Заголовок из {n} {n:строки|строк|строк} собран в одну.",
    "Columns without a heading are called {names:any}.": (
        "Столбцы без заголовка названы: {names}."
    ),
    "In the table: {n:n} merged {cells}, with a value in the first cell only.": (
        "Объединённых областей в таблице: {n}; значение стоит лишь в первой ячейке."
    ),
    "Filled with empty cells: {n:n} {rows} shorter than the heading.": (
        "Дополнено пустыми ячейками строк короче заголовка: {n}."
    ),
    # numbers
    "Shown as per cents, held as shares (0.125 for 12.5 %): {columns:any}.": (
        "Показаны проценты, хранятся доли (0,125 вместо 12,5 %): {columns}."
    ),
    "An error instead of a value in {n:n} {cells}: {listed:any}.": (
        "Ошибка вместо значения, ячеек {n}: {listed}."
    ),
    "Decimal commas, as said by the caller.": "Десятичные запятые, как указано.",
    "Decimal points, as said by the caller.": "Десятичные точки, как указано.",
    "Decimal commas.": "Десятичные запятые.",
    "Decimal points.": "Десятичные точки.",
    "The decimal mark is ambiguous, points and commas are both used ({cells:any}): say "
    'decimal="," or decimal=".".': (
        "Десятичный знак неясен, есть и точки, и запятые ({cells}): укажите "
        'decimal="," или decimal=".".'
    ),
    "The decimal mark is ambiguous, thousands or decimals ({cells:any}): say "
    'decimal="," or decimal=".".': (
        "Десятичный знак неясен, тысячи или дробные части ({cells}): укажите "
        'decimal="," или decimal=".".'
    ),
    "Marks of missing figures in {n:n} {cells}: {marks:any}.": (
        "Знаки пропусков, ячеек {n}: {marks}."
    ),
    # regions
    "Figures are attributes of the vector file.": "Данные — атрибуты векторного файла.",
    "Regions: column '{table:any}' of the table, '{map:any}' of the map.": (
        "Регионы: столбец «{table}» таблицы, столбец «{map}» карты."
    ),
    "Called otherwise on the map: {names:any}.": "На карте названы иначе: {names}.",
    "One value throughout, so not in the formula: {names:any}.": (
        "Одно значение во всех строках, поэтому в формулу не входят: {names}."
    ),
    "{n:n} regions of Russia found by name; polygons of {part:any}.": (
        "По названиям найдено регионов России: {n}; полигоны из {part}."
    ),
    "Left out, as no regions: {names:any}.": "Пропущены, так как это не регионы: {names}.",
    "{name:one} (country)": "{name} (страна)",
    "{name:one} (federal district)": "{name} (федеральный округ)",
    "{name:one} (economic region)": "{name} (экономический район)",
    "{name:one} (part of a region)": "{name} (часть региона)",
    "{name:one} (outside the scheme)": "{name} (вне схемы)",
    "Left out at your word: {without:n} only on the map: {names:any}; {beyond:n} only in the "
    "table: {others:any}.": (
        "Пропущены по вашему указанию: только на карте ({without}): {names}; только в таблице "
        "({beyond}): {others}."
    ),
    "Left out at your word: {n:n} only on the map: {names:any}.": (
        "Пропущены по вашему указанию, есть только на карте ({n}): {names}."
    ),
    "Left out at your word: {n:n} only in the table: {names:any}.": (
        "Пропущены по вашему указанию, есть только в таблице ({n}): {names}."
    ),
    "Codes of two digits were read as OKATO; those of tax offices and number plates differ.": (
        "Коды из двух цифр прочитаны как ОКАТО; у налоговых органов и номерных знаков они другие."
    ),
    "Codes of two digits were not read, because OKATO has none of {codes:any}.": (
        "Коды из двух цифр не прочитаны: в ОКАТО нет {codes}."
    ),
    "{name:any} was left out: {why}.": "Пропущено {name}: {why}.",
    "not among the {scheme:n} units": "нет среди {scheme} единиц",
    "{oblast} with its okrugs, beside the oblast without them": (
        "{oblast} вместе с округами, наряду с областью без них"
    ),
    "inside {oblast}, which stands with its okrugs": "внутри {oblast}, взятой с округами",
    "The names follow no one scheme of regions: {found:any}.": (
        "Названия не следуют единой схеме регионов: {found}."
    ),
    "An oblast stands without its okrugs, which are not in the list: its id alone would be read "
    "as the oblast with them.": (
        "Область взята без округов, которых нет в списке: её код сам по себе означал бы область с "
        "округами."
    ),
    "{region} stands under several names: {names:any}.": (
        "{region} записан под несколькими названиями: {names}."
    ),
    # years
    "Years stood in headings ({first:n} to {last:n}): now a row a region and year.": (
        "Годы стояли в заголовках (с {first} по {last}): теперь по строке на регион и год."
    ),
    "The same in every year: {names:any}.": "Одно и то же во все годы: {names}.",
    "Figures under years alone are called '{name:any}'.": (
        "Данные под одними лишь годами названы «{name}»."
    ),
    "Missing cells: {gaps:any}.": "Пропуски: {gaps}.",
    "A panel: {n:n} periods, {first:n} to {last:n}.": (
        "Панель: периодов {n}, с {first} по {last}."
    ),
}

FORMS |= {
    english.format(mark=mark): russian.format(said=said)
    for mark, said in PARTED.items()
    for english, russian in (
        (
            "{mark}-separated, {{encoding}}; {{rivals}} would part it too, separator={{rival:any}} "
            "says so.",
            "Столбцы разделены {said}, кодировка {{encoding}}; подошёл бы и другой разделитель "
            "({{rivals}}): separator={{rival}}.",
        ),
        ("{mark}-separated, {{encoding}}.", "Столбцы разделены {said}, кодировка {{encoding}}."),
    )
}

FORMS |= {
    english.format(group=group): russian.format(said=said)
    for group, said in GROUPED.items()
    for english, russian in (
        (
            "Decimal commas, thousands parted by {group}",
            "Десятичные запятые, тысячи отделены {said}",
        ),
        ("Decimal points, thousands parted by {group}", "Десятичные точки, тысячи отделены {said}"),
        ("Thousands parted by {group}", "Тысячи отделены {said}"),
    )
    for english, russian in (
        (f"{english}.", f"{russian}."),
        (f"{english}, as said by the caller.", f"{russian}, как указано."),
    )
}
