"""Headings and words of registries of clusters and of colocation."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "Kinds": "Видов",
    "Neighbour kind": "Вид соседа",
    "Joins": "Соседств",
    "Colocation": "Коэффициент соседства",
    "Clusters": "Кластеров",
    "Regions with": "Регионов с кластерами",
    "Places": "Мест размещения",
    "First year": "Первый год",
    "Last year": "Последний год",
    "Word": "Значение",
    "Sum": "Сумма",
    "P concentration": "p концентрации",
    "Overdispersion": "Сверхдисперсия",
}

CELLS: dict[str, str] = {
    "together": "рядом",
    "apart": "порознь",
    "more": "больше",
    "fewer": "меньше",
    "territorial": "территориальный",
    "initiative within a multi-cluster": "инициатива внутри мультикластера",
    "national network": "национальная сеть",
    "ai": "ИИ",
    "it": "ИТ",
    "pharma-bio": "фармацевтика и биотехнологии",
    "aerospace": "авиация и космос",
    "nuclear": "атомная отрасль",
    "materials": "материалы",
    "chemistry": "химия",
    "automotive": "автомобилестроение",
    "shipbuilding": "судостроение",
    "energy": "энергетика",
    "AI": "ИИ",
    "IT and electronics": "ИТ и электроника",
    "life sciences": "науки о жизни",
    "heavy engineering": "машиностроение и материалы",
}
