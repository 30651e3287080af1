"""Labels of maps and charts of exploration: local statistics, dynamics, inequality, typologies."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # headings of results
    "{start} to {end}": "{start}–{end}",
    "Directional LISA of {variable}, {span}": "Направленный LISA: {variable}, {span}",
    "LISA Markov chain of {variable}": "Марковская цепь LISA: {variable}",
    "Markov chain of {variable}": "Марковская цепь: {variable}",
    "{what} of {variable}": "{what}: {variable}",
    "Rank mobility of {variable}": "Ранговая мобильность: {variable}",
    "Spatial Markov chain of {variable}": "Пространственная марковская цепь: {variable}",
    "{measure} of {variable}": "{measure}: {variable}",
    "Inequality of {variable}": "Неравенство: {variable}",
    "{name} of {variable} ({rule}, {how})": "{name}: {variable} ({rule}, {how})",
    "false discovery rate {level:g}": "доля ложных открытий {level:g}",
    "unadjusted p {level:g}": "p без поправки {level:g}",
    "family-wise error {level:g}, {word}": "ошибка семейства {level:g}, {word}",
    ", one-sided: {side}": ", односторонняя: {side}",
    ", Benjamini-Yekutieli": ", Бенджамини–Иекутиели",
    "R = {permutations}": "R = {permutations}",
    " or until {stop} are as extreme": " или до {stop} столь же крайних",
    "Stability of {heading}: {draws} draws, {changed}": "Устойчивость: {heading}; "
    "розыгрышей: {draws}, {changed}",
    "Join counts of {variable} ({alternative})": "Числа соединений: {variable} ({alternative})",
    "Empirical Bayes rates of {variable}": "Эмпирические байесовские коэффициенты: {variable}",
    "{name} of {variable}": "{name}: {variable}",
    "Correlogram of {variable}: {statistic_name}{drawn}": "Коррелограмма, {variable}: "
    "{statistic_name}{drawn}",
    " (R = {permutations})": " (R = {permutations})",
    "{n:,} pairs": "пар: {n:,}",
    "Distance scatter of {variable} ({pairs}, R = {permutations})": "Пары по расстоянию: "
    "{variable} ({pairs}, R = {permutations})",
    "Number of groups by {name}: {variables}": "Число групп, {name}: {variables}",
    "{variable} in {k} classes ({method})": "{variable}, классов: {k} ({method})",
    "{kind} by {name}, k = {k}: {names}": "{kind}, {name}, k = {k}: {names}",
    "Stability under {change}, {draws} draws. {heading}": "Устойчивость, {change}; "
    "розыгрышей: {draws}. {heading}",
    # Moran scatterplot, maps of local statistics
    "{name} = {statistic:.3f}, {kind}p = {p}": "{name} = {statistic:.3f}, {kind}p = {p}",
    "{name} = {statistic:.4g}, {kind}p = {p}": "{name} = {statistic:.4g}, {kind}p = {p}",
    "permutation ": "перестановочное ",
    "Moran scatterplot of {variable}: {facts}; {n} regions, ": "Диаграмма рассеяния Морана, "
    "{variable}: {facts}; регионов: {n}, ",
    "Map of local clusters. {heading}": "Карта локальных кластеров. {heading}",
    "{heading}: p-values of single regions": "{heading}: p-значения отдельных регионов",
    "Significance map. {heading}": "Карта значимости. {heading}",
    "Stability map. {heading}": "Карта устойчивости. {heading}",
    "p <= {level:g}": "p ≤ {level:g}",
    "not flagged": "не выделены",
    "{low:.0%} to {high:.0%} of the draws": "от {low:.0%} до {high:.0%} розыгрышей",
    "no data ({missing})": "нет данных ({missing})",
    "values": "значения",
    "{left}{low}, {high}]": "{left}{low}; {high}]",
    "Map of {name} in {n} classes ({scheme}): ": "Карта: {name}, классов: {n} ({scheme}): ",
    "quantiles": "квантили",
    "equal-interval": "равные интервалы",
    "fisher-jenks": "естественные границы Фишера–Дженкса",
    # permutations and joins
    "{size} permutations": "перестановок: {size}",
    ": {n} of {n_2} pairs, farthest from expectation": ": {n} из {n_2} пар, самые далёкие "
    "от ожидаемого",
    "joins beyond expectation,\nin standard deviations": "соединений сверх ожидаемого,\n"
    "в стандартных отклонениях",
    "Join counts of {variable}": "Числа соединений: {variable}",
    "{permutations} permuted values of {heading}: {facts}; expected {expected:.4g}, "
    "variance {variance:.3g}. {greater}": "Значений по перестановкам: {permutations}. {heading}: "
    "{facts}; ожидаемое {expected:.4g}, дисперсия {variance:.3g}. {greater}",
    "{pair}: {statistic:.4g} joins, {expected:.4g} expected, z {z:.2f}": "{pair}: "
    "соединений {statistic:.4g}, ожидалось {expected:.4g}, z {z:.2f}",
    "no count of joins can vary": "ни одно число соединений не может меняться",
    "none can vary": "ни одно не может меняться",
    "95 % at random": "95 % при случайном размещении",
    "normal approximation": "нормальное приближение",
    "observed": "наблюдаемое",
    "expected": "ожидаемое",
    "one colour": "один цвет",
    "different colours": "разные цвета",
    "all different colours": "все разноцветные",
    "all different": "все разные",
    "G above its expectation: high values lie together; below it, low values do": "G выше "
    "ожидаемого: вместе лежат высокие значения; ниже — низкие",
    "C below 1: neighbours differ less (positive autocorrelation)": "C ниже 1: соседи различаются "
    "меньше (положительная автокорреляция)",
    "L above its expectation: the smooths are more alike than the pairs make them": "L выше "
    "ожидаемого: сглаженные похожи больше, чем пары",
    # rates
    "rate, {variable}": "коэффициент, {variable}",
    "smoothed rate": "сглаженный коэффициент",
    "left as it is": "без изменения",
    "rate of all regions": "коэффициент всех регионов",
    "Smoothed against raw rates of {variable}, {n} regions: raw {low:.3g} to {high:.3g}, ": ""
    "Сглаженные и исходные коэффициенты, {variable}; регионов: {n}; исходные от {low:.3g} "
    "до {high:.3g}, ",
    "{kind} {low:.3g} to {high:.3g}": "{kind}: от {low:.3g} до {high:.3g}",
    "towards all regions": "к среднему всех регионов",
    "towards the neighbourhood": "к среднему окрестности",
    # correlograms
    "Correlogram of {variable}, {statistic_name} by {name}: {said}. * adjusted p at most "
    "{level:.2g}; over all lags p = {p_value}.": "Коррелограмма, {variable}: {statistic_name}, "
    "{name}: {said}. * скорректированное p не больше {level:.2g}; по всем лагам p = {p_value}.",
    "Pairs of regions by distance in {unit}, {measure} of {variable}: the smooth is {said}; "
    "alike beyond chance {reach}; p = {p_value} over all distances.": "Пары регионов по "
    "расстоянию, {unit}; {measure}, {variable}: сглаженная кривая {said}; сходство сверх "
    "случайного {reach}; p = {p_value} по всем расстояниям.",
    "step-down max-T": "пошаговый max-T",
    "Holm": "Холм",
    "at no distance": "ни на каком расстоянии",
    "up to {reach:.4g} {unit}": "до {reach:.4g} {unit}",
    " (below 1: alike)": " (ниже 1: сходство)",
    "{level:g} % of permutations lie inside at every lag": "внутри {level:g} % перестановок на "
    "всех лагах",
    "{level:g} % of permutations lie inside at every distance": "внутри {level:g} % "
    "перестановок на всех расстояниях",
    "adjusted p ≤ {level} ({rule})": "скорр. p ≤ {level} ({rule})",
    ", {n:,} drawn": ", показано: {n:,}",
    "; {outside:.1f} % beyond the frame": "; {outside:.1f} % за рамкой",
    "distance, {unit} ({told})": "расстояние, {unit} ({told})",
    "distance, {unit}": "расстояние, {unit}",
    "{value:.3f} at {first:.4g}": "{value:.3f} на {first:.4g}",
    "order of contiguity": "порядок соседства",
    "Correlogram of {variable}": "Коррелограмма: {variable}",
    "local linear smooth": "локально-линейное сглаживание",
    "Pairs by distance: {variable}": "Пары по расстоянию: {variable}",
    "product of standardised values": "произведение стандартизованных значений",
    "half the squared difference": "половина квадрата разности",
    # dynamics
    "p = {p_value}": "p = {p_value}",
    "permutation p = {permuted}": "перестановочное p = {permuted}",
    "{share}, permutation p = {p_value}": "{share}, перестановочное p = {p_value}",
    "LR = {statistic}, {p}": "LR = {statistic}, {p}",
    "no test": "без теста",
    "Transition probabilities, {title}: probability of staying in the class: {said}.": ""
    "Вероятности перехода, {title}: вероятность остаться в классе: {said}.",
    "Transition probabilities, {title}: probability of staying in the state from {low:.2f} to "
    "{high:.2f}, half of them above {middle:.2f}.": "Вероятности перехода, {title}: вероятность "
    "остаться в состоянии от {low:.2f} до {high:.2f}, у половины выше {middle:.2f}.",
    "{statistic:.0%} move with their neighbours": "вместе с соседями движутся {statistic:.0%}",
    "tau = {last:.2f} from {shown} to {shown_2}": "тау = {last:.2f}, {shown}–{shown_2}",
    "{heading}: {facts}; regions by sector from east counter-clockwise: ": "{heading}: {facts}; "
    "регионы по секторам с востока против часовой стрелки: ",
    "own\nup": "сам\nвверх",
    "neighbours up": "соседи вверх",
    "own\ndown": "сам\nвниз",
    "neighbours down": "соседи вниз",
    "rank (1 is the highest value)": "ранг (1 — наибольшее значение)",
    "all moves": "все переходы",
    "neighbours in class {key}": "соседи в классе {key}",
    "neighbours {key}": "соседи: {key}",
    "expected by chance": "ожидается при случайности",
    "p ≤ 0.05": "p ≤ 0,05",
    "p > 0.05": "p > 0,05",
    "{texts} {value:g} to {value_2:g}": "{texts}: с {value:g} на {value_2:g}",
    "{heading}: {facts}; largest changes: {said}.": "{heading}: {facts}; наибольшие изменения: "
    "{said}.",
    "probability": "вероятность",
    "<.01": "<0,01",
    ">.99": ">0,99",
    "no moves": "нет переходов",
    # inequality
    "{value} in {when}": "{value} ({when})",
    "between": "между группами",
    "within": "внутри групп",
    "between share": "доля межгрупповой части",
    "neighbors": "соседи",
    "non neighbors": "не соседи",
    "neighbor share": "доля соседей",
    "gini": "коэффициент Джини",
    "theil": "индекс Тейла",
    "atkinson": "индекс Аткинсона",
    "variation": "коэффициент вариации",
    "log deviation": "среднее логарифмическое отклонение",
    # typologies
    "at most 50 %": "не более 50 %",
    "50 to 75 %": "от 50 до 75 %",
    "75 to 90 %": "от 75 до 90 %",
    "90 to 99 %": "от 90 до 99 %",
    "above 99 %": "более 99 %",
    "group (regions)": "группа (регионов)",
    "stays with its group": "остаётся в своей группе",
    "{heading}. Chosen k by {told}.": "{heading}. Выбор k: {told}.",
    "groups k": "число групп k",
    "Group {group}: ": "Группа {group}: ",
    "k = {k}": "k = {k}",
    "standard deviations": "стандартные отклонения",
    "robust deviations": "робастные отклонения",
    "mean": "среднее",
    "share explained (elbow)": "объяснённая доля (локоть)",
    "mean silhouette": "средний силуэт",
    "gap ± standard error": "разрыв ± стандартная ошибка",
    "Map of {heading}": "Карта: {heading}",
    # weights
    "{n} regions, {n_2} links, {alone} without neighbours": "регионов: {n}, связей: {n_2}, "
    "без соседей: {alone}",
    "Map of links: {words}.{told}": "Карта связей: {words}.{told}",
    "{n:,} regions, {counts:,} links": "регионов: {n:,}, связей: {counts:,}",
    "Histogram of the number of neighbours: {words}, from {low} to {high}, mean {mean:.2f}, "
    "{islands} without neighbours.": "Гистограмма числа соседей: {words}, от {low} до {high}, "
    "в среднем {mean:.2f}, без соседей: {islands}.",
    "mean {mean:.2f}": "в среднем {mean:.2f}",
    "number of neighbours": "число соседей",
    "one way ({mutual})": "односторонние ({mutual})",
    "both ways ({mutual})": "взаимные ({mutual})",
    "darker: larger weight as built": "темнее: больше исходный вес",
    "hollow: no neighbours": "полые: без соседей",
    "regions": "регионы",
}
