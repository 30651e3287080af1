"""Labels of charts of localisation: quotients, structures, points, shift-share."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "{name} γ of {n} activities in {regions} regions": "{name}, γ; видов деятельности: {n}, "
    "регионов: {regions}",
    "Locational Gini coefficients of {k} activities in {n} regions": "Коэффициенты Джини "
    "размещения; видов деятельности: {k}, регионов: {n}",
    "Coagglomeration γᶜ of {n} activities in {regions} regions": "Коагломерация γᶜ; видов "
    "деятельности: {n}, регионов: {regions}",
    "Location quotients, {n} regions × {k} activities": "Коэффициенты локализации, регионов {n} × "
    "видов деятельности {k}",
    "Shift-share ({form}), {n} regions × {k} activities{steps}": "Сдвиг–доля ({form}), регионов "
    "{n} × видов деятельности {k}{steps}",
    ", {steps} intervals added up": ", сложено интервалов: {steps}",
    "{what}, {shape} regions × {shape_2} activities": "{what}, регионов {shape} × видов "
    "деятельности {shape_2}",
    "Specialisation of regions": "Специализация регионов",
    "Concentration of activities": "Концентрация видов деятельности",
    "{measure} of {who}{around} (null: {null}, R = {draws})": "{measure}: {who}{around} (нулевая "
    "гипотеза: {null}, R = {draws})",
    "{many} sectors": "отраслей: {many}",
    " with {neighbours}": " и {neighbours}",
    "{words}: from {ends} to {ends_2}.": "{words}: от {ends} до {ends_2}.",
    "{heading}: highest {first:.3g}, of {top}.": "{heading}: наибольшая {first:.3g}, {top}.",
    "{name} of each {of}": "{name}: {of}",
    "activity": "вид деятельности",
    ", highest {shown} of {count}": ", наибольшие {shown} из {count}",
    "{words}: none.": "{words}: нет.",
    "γ; band: {level:.0%} range by chance; dashes: 0.02 and 0.05": "γ; полоса: размах при "
    "случайности, {level:.0%}; пунктир: 0,02 и 0,05",
    "cumulative share of the reference": "накопленная доля базы",
    "cumulative share of the activity": "накопленная доля вида деятельности",
    " and ": " и ",
    "share of the start": "доля от начального",
    "{name}; line: {level:.0%} interval, band: {level:.0%} range by chance": "{name}; линия: "
    "интервал {level:.0%}, полоса: размах при случайности {level:.0%}",
    "Lorenz curves with Gini coefficients: {labels}.": "Кривые Лоренца с коэффициентами Джини: "
    "{labels}.",
    "Gini coefficient": "Коэффициент Джини",
    "Krugman index": "Индекс Кругмана",
    "Hoover index": "Индекс Гувера",
    "Hachman index": "Индекс Хакмана",
    "Theil index": "Индекс Тейла",
    "Herfindahl index": "Индекс Херфиндаля",
    "Normalised Herfindahl index": "Нормированный индекс Херфиндаля",
    "Lorenz curves of location": "Кривые Лоренца размещения",
    "growth": "рост",
    "national": "национальная",
    "mix": "структурная",
    "regional": "региональная",
    "neighbour": "соседская",
    "competitive": "конкурентная",
    "allocation": "размещения",
    "national growth": "национальный рост",
    "national allocation": "национальная, размещения",
    "mix allocation": "структурная, размещения",
    "regional growth": "региональный рост",
    "regional growth allocation": "региональный рост, размещения",
    "regional mix": "региональная структура",
    "regional mix allocation": "региональная структура, размещения",
    # quotients
    "{heading}: {specialised} above 1, {not_specialised} below 1, {cannot_tell} that cannot be "
    "told from 1.": "{heading}: выше 1 — {specialised}, ниже 1 — {not_specialised}, не отличить "
    "от 1 — {cannot_tell}.",
    "Location quotients of {name}, from {ends} to {ends_2}.": "Коэффициенты локализации: {name}, "
    "от {ends} до {ends_2}.",
    ", {level:.0%} interval": ", интервал {level:.0%}",
    "location quotient{level}; hollow: cannot tell from 1": "коэффициент локализации{level}; "
    "полые: не отличить от 1",
    "Location quotients of {name}": "Коэффициенты локализации: {name}",
    "quotient": "коэффициент",
    "grey: cannot tell from 1": "серым: не отличить от 1",
    ", {most} farthest from 1": ", {most} самых далёких от 1",
    # points
    "{heading}, by distance in {unit}: {said}.": "{heading}, по расстоянию, {unit}: {said}.",
    "outside a global band": "вне глобальной полосы",
    "{inside:g} % of draws at each distance": "{inside:g} % розыгрышей на каждом расстоянии",
    "mean of draws": "среднее розыгрышей",
    " from {above_from:.4g} to {above_to:.4g} {unit}": " от {above_from:.4g} до {above_to:.4g} "
    "{unit}",
    "{told} (p = {p})": "{told} (p = {p})",
    "global bands, {side:g} % of draws beyond each": "глобальные полосы, за каждой {side:g} % "
    "розыгрышей",
    "density, per {unit}": "плотность, на {unit}",
    "M, share nearby over share overall": "M, доля рядом к доле в целом",
}
