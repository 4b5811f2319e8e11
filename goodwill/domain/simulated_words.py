"""Names and words of the simulated firm: made up, in three languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tongue:
    """What people of one language are called, where they live and what they say.

    Names are pairs: as written and in Latin letters (for e-mail addresses). `asks` are a customer's words that
    call for a promise, each with the promise given; `chats` call for none; `complains` follow a broken promise.
    `tells` is what we say: a warning, an answer, and an apology. `names_of_firms` take a family name.
    """

    language: str
    country: str
    prefix: str
    women: tuple[tuple[str, str], ...]
    men: tuple[tuple[str, str], ...]
    families: tuple[tuple[str, str, str], ...]
    """A family name for a man, for a woman, and in Latin letters."""
    is_family_first: bool
    cities: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    firms: tuple[tuple[str, str], ...]
    asks: tuple[tuple[str, str], ...]
    chats: tuple[str, ...]
    complains: tuple[str, ...]
    tells: tuple[str, str, str]
    names_of_firms: tuple[str, ...]


def _same(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, name) for name in names)


def _families(*names: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, name, name) for name in names)


ENGLISH = Tongue(
    language="en",
    country="GB",
    prefix="+44207946",
    women=_same(
        *("Alice", "Beatrice", "Clara", "Dorothy", "Edith", "Fiona", "Grace", "Hazel", "Imogen", "Josephine"),
        *("Kathleen", "Lydia", "Mabel", "Nora", "Olive", "Phoebe", "Rosalind", "Sylvia", "Theodora", "Violet"),
    ),
    men=_same(
        *("Arthur", "Basil", "Cedric", "Duncan", "Edmund", "Felix", "Gilbert", "Hector", "Isaac", "Julian"),
        *("Kenneth", "Lionel", "Montague", "Nigel", "Oscar", "Percival", "Rupert", "Silas", "Tobias", "Wilfred"),
    ),
    families=_families(
        *("Ashdown", "Birchall", "Coverley", "Dunmore", "Elmhurst", "Fairweather", "Greenhalgh", "Hollis", "Inglewood"),
        *("Kettering", "Larkfield", "Merriweather", "Northcott", "Oakshott", "Penhallow", "Quill", "Rosewarne"),
        *("Stanbury", "Thistlewood", "Underhill", "Vance", "Wetherby", "Yardley", "Abernathy", "Blackwood"),
        *("Cartwright", "Drayton", "Eastwood", "Foxley", "Garfield", "Hathaway", "Ivory", "Jessop", "Kingsley"),
        *("Loxley", "Marlowe", "Nettleton", "Ormsby", "Pemberton", "Radcliffe", "Selwyn", "Tremaine", "Whitlock"),
    ),
    is_family_first=False,
    cities=(("London", "N1 9GU"), ("Bristol", "BS1 4DJ"), ("Leeds", "LS1 5DL"), ("Norwich", "NR2 1RQ")),
    streets=("Orchard Lane", "Mill Street", "Station Road", "Kiln Close", "Harbour Row"),
    firms=(
        ("Fairweather & Sons", "fairweather"),
        ("Harbour Row Hotels", "harbourrow"),
        ("Kiln Close Kitchens", "kilnclose"),
        ("Oakshott Interiors", "oakshott"),
        ("The Larkfield School", "larkfield"),
        ("Penhallow Builders", "penhallow"),
        ("Quill & Vance Architects", "quillvance"),
    ),
    asks=(
        ("Could somebody tell me whether the blue shade is still made?", "Call back about the blue shade"),
        ("The lamp arrived with a cracked foot. What now?", "Send a new foot for the lamp"),
        ("I need a quotation for twelve pendants, please.", "Send the quotation for twelve pendants"),
        ("Can the fitters come in the morning instead?", "Confirm the morning visit of the fitters"),
    ),
    chats=(
        "Just looking, thank you. The reading corner is lovely.",
        "Your fitter was kind and left everything clean.",
        "Do you also repair lamps that were bought elsewhere?",
    ),
    complains=("Where is my order? You said Tuesday.", "I stayed at home all day and nobody came."),
    tells=(
        "We are sorry: it will be later than we said. The delay is ours.",
        "Here is the answer we promised.",
        "We let you down, and we apologise. This is what we have changed.",
    ),
    names_of_firms=("{} & Sons", "{} Interiors", "{} Hotel", "{} Builders", "{} Kitchens", "{} and Partners"),
)

RUSSIAN = Tongue(
    language="ru",
    country="RS",
    prefix="+38111555",
    women=(
        *(("Анна", "anna"), ("Вера", "vera"), ("Галина", "galina"), ("Дарья", "darya"), ("Зоя", "zoya")),
        *(("Лидия", "lidia"), ("Нина", "nina"), ("Полина", "polina"), ("Софья", "sofya"), ("Ульяна", "ulyana")),
        *(("Елена", "elena"), ("Жанна", "zhanna"), ("Ирина", "irina"), ("Ксения", "ksenia"), ("Марина", "marina")),
        *(("Ольга", "olga"), ("Раиса", "raisa"), ("Светлана", "svetlana"), ("Татьяна", "tatyana"), ("Юлия", "yulia")),
    ),
    men=(
        *(("Артём", "artyom"), ("Борис", "boris"), ("Глеб", "gleb"), ("Денис", "denis"), ("Егор", "egor")),
        *(("Кирилл", "kirill"), ("Лев", "lev"), ("Матвей", "matvey"), ("Роман", "roman"), ("Фёдор", "fyodor")),
        *(("Андрей", "andrey"), ("Василий", "vasily"), ("Григорий", "grigory"), ("Дмитрий", "dmitry")),
        *(("Иван", "ivan"), ("Константин", "konstantin"), ("Николай", "nikolay"), ("Павел", "pavel")),
        *(("Сергей", "sergey"), ("Тимофей", "timofey")),
    ),
    families=(
        ("Берёзов", "Берёзова", "beryozov"),
        ("Ветров", "Ветрова", "vetrov"),
        ("Горшков", "Горшкова", "gorshkov"),
        ("Журавлёв", "Журавлёва", "zhuravlyov"),
        ("Клёнов", "Клёнова", "klyonov"),
        ("Луговой", "Луговая", "lugovoy"),
        ("Медведев", "Медведева", "medvedev"),
        ("Озеров", "Озерова", "ozerov"),
        ("Полевой", "Полевая", "polevoy"),
        ("Рябинин", "Рябинина", "ryabinin"),
        ("Снегирёв", "Снегирёва", "snegiryov"),
        ("Тихонов", "Тихонова", "tikhonov"),
        ("Чайкин", "Чайкина", "chaykin"),
        ("Яблоков", "Яблокова", "yablokov"),
        ("Волков", "Волкова", "volkov"),
        ("Громов", "Громова", "gromov"),
        ("Дубинин", "Дубинина", "dubinin"),
        ("Ельцов", "Ельцова", "yeltsov"),
        ("Зимин", "Зимина", "zimin"),
        ("Калинин", "Калинина", "kalinin"),
        ("Лебедев", "Лебедева", "lebedev"),
        ("Морозов", "Морозова", "morozov"),
        ("Никитин", "Никитина", "nikitin"),
        ("Орлов", "Орлова", "orlov"),
        ("Соколов", "Соколова", "sokolov"),
        ("Уваров", "Уварова", "uvarov"),
        ("Филатов", "Филатова", "filatov"),
        ("Шубин", "Шубина", "shubin"),
    ),
    is_family_first=False,
    cities=(("Белград", "11000"), ("Нови-Сад", "21000"), ("Суботица", "24000")),
    streets=("Садовая улица", "Речная улица", "Липовый переулок", "Фонарная улица"),
    firms=(
        ("ООО «Тихая гавань»", "tihayagavan"),
        ("Гостиница «Журавль»", "zhuravl"),
        ("Мастерская Клёнова", "klyonov"),
        ("Кафе «Речное»", "rechnoe"),
        ("Школа на Садовой", "sadovaya"),
    ),
    asks=(
        ("Подскажите, когда приедет мастер?", "Перезвонить и назвать день визита мастера"),
        ("В коробке не хватает крепежа.", "Выслать недостающий крепёж"),
        ("Нужен счёт на восемь светильников.", "Прислать счёт на восемь светильников"),
        ("Можно ли заменить плафон на матовый?", "Узнать про матовый плафон и ответить"),
    ),
    chats=(
        "Спасибо, всё подошло, очень уютно.",
        "Продавец помог донести до машины, приятно.",
        "Чините ли вы старые торшеры?",
    ),
    complains=("Где мой заказ? Обещали ещё в среду.", "Ждал весь день, никто не позвонил."),
    tells=(
        "Простите, мы не успеваем к обещанному сроку. Задержка по нашей вине.",
        "Отвечаем, как обещали.",
        "Мы вас подвели и приносим извинения. Вот что мы исправили.",
    ),
    names_of_firms=("ООО «{}»", "{} и сыновья", "Гостиница «{}»", "Бюро «{}»", "Кафе «{}»", "{} и партнёры"),
)

HUNGARIAN = Tongue(
    language="hu",
    country="HU",
    prefix="+361555",
    women=(
        *(("Ágnes", "agnes"), ("Borbála", "borbala"), ("Csilla", "csilla"), ("Dóra", "dora"), ("Emőke", "emoke")),
        *(("Flóra", "flora"), ("Gyöngyi", "gyongyi"), ("Ilona", "ilona"), ("Katalin", "katalin"), ("Zsófia", "zsofia")),
        *(("Judit", "judit"), ("Lilla", "lilla"), ("Mária", "maria"), ("Noémi", "noemi"), ("Orsolya", "orsolya")),
        *(("Piroska", "piroska"), ("Réka", "reka"), ("Sára", "sara"), ("Tímea", "timea"), ("Virág", "virag")),
    ),
    men=(
        *(("Ádám", "adam"), ("Bálint", "balint"), ("Csaba", "csaba"), ("Dénes", "denes"), ("Ernő", "erno")),
        *(("Gergő", "gergo"), ("Imre", "imre"), ("Lőrinc", "lorinc"), ("Mátyás", "matyas"), ("Zoltán", "zoltan")),
        *(("Árpád", "arpad"), ("Botond", "botond"), ("Előd", "elod"), ("Ferenc", "ferenc"), ("Géza", "geza")),
        *(("Huba", "huba"), ("István", "istvan"), ("Kálmán", "kalman"), ("Ottó", "otto"), ("Zsigmond", "zsigmond")),
    ),
    families=(
        *(("Ősz", "Ősz", "osz"), ("Erdélyi", "Erdélyi", "erdelyi"), ("Fazekas", "Fazekas", "fazekas")),
        *(("Gyarmati", "Gyarmati", "gyarmati"), ("Hegedűs", "Hegedűs", "hegedus"), ("Juhász", "Juhász", "juhasz")),
        *(("Kőműves", "Kőműves", "komuves"), ("Lámpás", "Lámpás", "lampas"), ("Molnár", "Molnár", "molnar")),
        *(("Nyárádi", "Nyárádi", "nyaradi"), ("Révész", "Révész", "revesz"), ("Szőke", "Szőke", "szoke")),
        *(("Tímár", "Tímár", "timar"), ("Vízvári", "Vízvári", "vizvari"), ("Zöldi", "Zöldi", "zoldi")),
        *(("Bakos", "Bakos", "bakos"), ("Csizmadia", "Csizmadia", "csizmadia"), ("Dobos", "Dobos", "dobos")),
        *(("Fekete", "Fekete", "fekete"), ("Halász", "Halász", "halasz"), ("Kocsis", "Kocsis", "kocsis")),
        *(("Lakatos", "Lakatos", "lakatos"), ("Mészáros", "Mészáros", "meszaros"), ("Pintér", "Pintér", "pinter")),
        *(("Sipos", "Sipos", "sipos"), ("Takács", "Takács", "takacs"), ("Újvári", "Újvári", "ujvari")),
        *(("Varga", "Varga", "varga"), ("Zsoldos", "Zsoldos", "zsoldos")),
    ),
    is_family_first=True,
    cities=(("Budapest", "1114"), ("Győr", "9021"), ("Szeged", "6720"), ("Pécs", "7621"), ("Debrecen", "4024")),
    streets=("Bartók Béla út", "Fő utca", "Malom köz", "Rózsa utca", "Kert sor"),
    firms=(
        ("Őrség Panzió", "orsegpanzio"),
        ("Malom Étterem Kft.", "malometterem"),
        ("Vízvári Építő Bt.", "vizvariepito"),
        ("Rózsa utcai Óvoda", "rozsaovoda"),
        ("Hegedűs és Társa", "hegedustarsa"),
        ("Kert Szálló", "kertszallo"),
    ),
    asks=(
        ("Megérkezett már a csillár, amit félretettek nekem?", "Visszahívni a félretett csillárról"),
        ("Rossz színű ernyőt kaptam.", "Elküldeni a jó színű ernyőt"),
        ("Kérek árajánlatot húsz falikarra.", "Elküldeni az árajánlatot húsz falikarra"),
        ("Mikor jön a szerelő a műhelyből?", "Megmondani a szerelő érkezését"),
    ),
    chats=(
        "Nagyon kedves volt a kolléga, köszönöm.",
        "Csak nézelődöm, szép a bemutatóterem.",
        "Vállalnak régi lámpát felújításra?",
    ),
    complains=("Hol van a rendelésem? Keddre ígérték.", "Egész nap vártam, és senki sem jött."),
    tells=(
        "Elnézést, később lesz meg, mint ígértük. A késés a mi hibánk.",
        "Itt a válasz, ahogy ígértük.",
        "Cserben hagytuk, és elnézést kérünk. Ezen változtattunk.",
    ),
    names_of_firms=("{} Kft.", "{} és Fia Bt.", "{} Panzió", "{} Építész Iroda", "{} Étterem", "{} Lakberendezés"),
)

TONGUES = (ENGLISH, RUSSIAN, HUNGARIAN)

PRODUCTS = (
    ("Table lamps", "Reading lamp “Owl”", 5900),
    ("Table lamps", "Bedside lamp “Moth”", 3450),
    ("Table lamps", "Desk lamp “Heron”", 8200),
    ("Pendants", "Pendant “Bell”, brass", 14900),
    ("Pendants", "Pendant “Drop”, opal", 11900),
    ("Pendants", "Chandelier “Willow”", 48900),
    ("Outdoor", "Garden lantern “Frost”", 7600),
    ("Outdoor", "Path light, set of four", 9900),
    ("Bulbs and parts", "Warm bulb E27, box of six", 2390),
    ("Bulbs and parts", "Dimmer, in the wall", 4450),
    ("Bulbs and parts", "Linen shade, 40 cm", 3900),
    ("Furniture", "Reading chair “Harbour”", 38900),
    ("Furniture", "Shelf “Ladder”", 17900),
    ("Furniture", "Side table “Pebble”", 12900),
    ("Work", "Repair of a lamp", 4900),
    ("Work", "Fitting at home, first hour", 6500),
    ("Work", "Rewiring of a chandelier", 15900),
)
"""Category, name, price in cents."""
