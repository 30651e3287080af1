"""Words of a report's page: numbering, footer, notes under a comparison."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "Summary": "Сводка",
    "Standard errors in parentheses.": "В скобках — стандартные ошибки.",
    "z or t statistics in parentheses.": "В скобках — z- или t-статистики.",
    "p-values in parentheses.": "В скобках — p-значения.",
    "95 % confidence intervals in brackets.": (
        "В квадратных скобках — 95-процентные доверительные интервалы."
    ),
    "Odds ratios; their standard errors by the delta method.": (
        "Отношения шансов; их стандартные ошибки получены дельта-методом."
    ),
    "Regressors": "Регрессоры",
    "Lags of regressors": "Пространственные лаги регрессоров",
    "Parameters of lags": "Параметры лагов",
    "Other terms": "Прочие члены",
    "continued on the next page": "продолжение на следующей странице",
    "classical": "классическая",
    "information matrix": "информационная матрица",
    "Impacts of {models} are of the short run.": "Эффекты краткосрочные: {models}.",
    "Likelihoods and criteria of models that count different observations do not compare; "
    "wb.ladder(...).criteria() puts a ladder's on one footing.": (
        "Правдоподобия и критерии моделей с разным числом наблюдений несопоставимы; "
        "wb.ladder(...).criteria() приводит модели лестницы к общей базе."
    ),
    "Table": "Таблица",
    "Figure": "Рисунок",
    "Code": "Код",
    "Contents": "Содержание",
    "Check this report": "Проверка отчёта",
    "References": "Литература",
    "Report {report}, as it prints: code is left out and stands in notebook.ipynb beside it, "
    "every number at full precision in ledger.json.": (
        "Отчёт {report} в печатном виде: код опущен, он в файле notebook.ipynb рядом; все числа с "
        "полной точностью — в ledger.json."
    ),
    "{command} re-executes the notebook and compares every number with the ledger beside this "
    "page.": (
        "{command} заново выполняет блокнот и сверяет каждое число с реестром рядом с этой "
        "страницей."
    ),
    "Data, with the first digits of each file's SHA-256:": (
        "Данные, с первыми знаками SHA-256 каждого файла:"
    ),
    "Made with {libraries}.": "Сделано с помощью: {libraries}.",
    "checksum of the values. Not distributed with the workbench: {command}.": (
        "контрольная сумма значений. Не распространяется вместе с программой: {command}."
    ),
    "Licence": "Лицензия",
    "Address": "Адрес",
    "A table of the author's own, which the study used. Its columns: {command}.": (
        "Собственная таблица автора, использованная в исследовании. Её столбцы: {command}."
    ),
    "A table of the author's own: it was not here, and the study ran without it. "
    "Its columns: {command}.": (
        "Собственная таблица автора: её здесь не было, исследование выполнено без неё. "
        "Её столбцы: {command}."
    ),
    "Parameters: {parameters}. Made by {command}.": (
        "Параметры: {parameters}. Получено командой {command}."
    ),
    "Parameters: {parameters}": "Параметры: {parameters}",
    "Parameters: {given}.": "Параметры: {given}.",
    "Studies": "Исследования",
    "model of the row": "модель",
    "Page": "Страница",
    "Word file": "Файл Word",
    "Ledger": "Реестр чисел",
    "Replication": "Воспроизведение",
    "Further answers: {n}": "Остальные ответы: {n}",
    "Tables: {tables}; figures: {figures}; sentences: {sentences}; numbers: {numbers}.": (
        "Таблиц: {tables}; рисунков: {figures}; утверждений: {sentences}; чисел: {numbers}."
    ),
    "Data: {data}.": "Данные: {data}.",
    "Not re-checked since it was rendered.": "После сборки отчёт не перепроверялся.",
    "At the last check{who} its data were not here.": (
        "При последней проверке{who} данных здесь не было."
    ),
    "Re-checked{who}: it holds. Of {numbers} numbers {identical} are identical, {within} within "
    "tolerance.": (
        "Перепроверено{who}: отчёт подтверждается. Чисел: {numbers}; совпали точно: {identical}, "
        "в пределах допуска: {within}."
    ),
    "Re-checked{who}: its numbers hold; not compared: {files}.": (
        "Перепроверено{who}: числа подтверждаются; не сверены файлы: {files}."
    ),
    "Re-checked{who}: it differs in {n} places.": (
        "Перепроверено{who}: обнаружены расхождения, их {n}."
    ),
    "With other parameters:": "С другими параметрами:",
}

BEGINNING: dict[str, str] = {
    "Vector file of the regions (empty: regions of Russia)": (
        "Векторный файл регионов (пусто: регионы России)"
    ),
    "Table of figures, Excel or CSV (empty: attributes of the map)": (
        "Таблица данных, Excel или CSV (пусто: атрибуты карты)"
    ),
    "Table of figures, Excel or CSV": "Таблица данных, Excel или CSV",
    "Columns: {columns}": "Столбцы: {columns}",
    "Column of regions (empty: the one that holds them)": (
        "Столбец регионов (пусто: найти автоматически)"
    ),
    "Column of years (empty: one period)": "Столбец лет (пусто: один период)",
    "What is to be explained (empty: first)": "Что объясняется (пусто: первый столбец чисел)",
    "What explains it, by semicolons (empty: next)": (
        "Чем объясняется, через точку с запятой (пусто: следующие столбцы)"
    ),
    "Only on the map: {names}.": "Только на карте: {names}.",
    "Only in the table: {names}.": "Только в таблице: {names}.",
    "Leave these regions out, and say so in the thesis?": (
        "Исключить эти регионы и указать это в работе?"
    ),
    "{regions} regions, {rows} rows.": "Регионов: {regions}, строк: {rows}.",
    "The draft explains: {formula}": "В черновике объясняется: {formula}",
    "{n} files in {place}. Next:": "Файлов: {n}, папка: {place}. Дальше:",
    "about a minute: {page}": "около минуты: {page}",
    "the notebook: replace the words in «…», change the formula": (
        "блокнот: замените слова в «…», измените формулу"
    ),
}
"""What is asked and told when a thesis is begun."""
