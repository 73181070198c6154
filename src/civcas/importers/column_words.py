"""Words that people write above columns, by what they mean: English, Arabic, Spanish, French, Russian, Ukrainian.

A word that ends in * stands for every word that begins so. Words are compared as `columns.plainly` writes them: without case, accents and
Arabic articles. Sources: headers of published lists of harm, and ordinary dictionaries.
"""

from __future__ import annotations

WHO: dict[str, str] = {
    "children": "child* kid kids minor minors infant* under_18 u18 boys girls nino* nina* menor menores enfant* mineur* mineurs "
    "طفل اطفال дети детей ребен* детск* дітей діти дитин* дитяч*",
    "women": "woman women female females mujer* femme* femmes feminin* نساء امراه سيدات женщин* жінк* жінок",
    "men": "man men male males hombre* varon* homme* hommes masculin* رجال رجل мужчин* чоловік*",
    "civilians": "civilian* civil civils civile civiles civils civ civs noncombatant* non_combatant* مدني* مدنيين мирн* гражданск* "
        "цивільн*",
    "fighters": "militant* fighter* combatant* military mil soldier* insurgent* terrorist* rebel rebels troop* armed gunm* kia wia "
        "nkillter nwoundte "
    "belligerent* security_force* security_forces combatiente* militar militares soldado* insurgente* guerriller* rebelde* "
    "militaire* soldat* combattant* rebelle* insurge* مقاتل* مسلح* عسكري* عسكر* جنود جندي боевик* военн* солдат* комбатант* "
    "силовик* бойовик* військов* солдат* комбатант*",
    "all": "all total totals overall everyone everybody ppl people person persons both_sexes whole aggregate todos todas personas "
        "total_general "
    "personne personnes tous toutes totaux всего все всех людей человек чел итого усього всього всіх людей осіб разом "
    "الجميع الكل اجمالي مجموع اشخاص شخص كلي",
    "unknown": "unknown unidentified undetermined unspecified desconocid* sin_identificar inconnu* non_identifie* неизвестн* невідом* "
    "неопознан* невпізнан* مجهول*",
    "some": "adult* elderly adultos adultes взросл* доросл* بالغ* side_a side_b side_1 side_2 journalist* medic medics paramedic* "
        "doctor* health_worker* aid_worker* humanitarian* staff civil_defence civil_defense rescuer* "
    "police* periodist* journalistes policia* policier* журналист* медик* полици* поліц* صحفي* مسعف* شرطه",
}  # fmt: skip
WHAT: dict[str, str] = {
    "killed": "kill kills killed killing killings death deaths dead died fatal fatality fatalities dths deceased slain martyr* "
        "nkill nkilled nkillter kia kld lives_lost "
    "muerto* muerta* muerte* fallecid* asesinad* matad* victimas_mortales mort morts morte mortes tue tues tuee tuees deces decede* "
    "قتل قتلي قتيل مقتل شهيد شهداء وفيات وفاه موتي убит* убийств* погиб* смерт* умер умерш* умерл* летальн* загиб* загинул* вбит* "
    "убит* померл* смерт* гибел*",
    "injured": "injur* wound* hurt wia nwound nwoundte maimed herid* lesionad* bless* blesse* blesses جرح جرحي جريح مصاب* اصابات اصابه "
        "ранен* раненые "
    "пострадавш* травм* поранен* постраждал* травм*",
    "missing": "missing disappear* detain* detention* arrest* abduct* kidnap* captur* captive* hostage* prisoner* displac* refugee* "
        "desaparec* "
    "detenid* secuestr* desplazad* arrestad* disparu* arrete* detenu* enleve* deplace* مفقود* معتقل* معتقلين مخطوف* مختطف* نازح* "
    "اسري пропа* "
    "задерж* похищ* арест* плен* зник* затрим* викрад* полон* безвіст*",
    "hit": "casualty casualties victim victims harmed affected casualties victima* victimes victime ضحايا ضحيه жертв* потерпевш* "
        "потерпіл*",
}  # fmt: skip
BOUND: dict[str, str] = {
    "min": "min mini minim* lowest low lower least at_least bas inferieur* inferior* minimo* minimum اقل ادني الادني мин минимум* "
        "миним* нижн* не_менее "
    "мін мінім* щонайменше найменше",
    "max": "max maxi maxim* highest high upper most at_most haut superieur* superior* maximo* maximum اعلي اقصي الاقصي اكثر макс "
        "максимум* максим* верхн* "
    "не_более найбільше щонайбільше",
    "best": "best likely probable estimate_best mejor mejor_estimacion meilleur* оценка_лучшая лучш* найкращ* افضل",
}  # fmt: skip
RUNNING = (
    "cumulative cumul* cum running to_date till_date so_far since_start overall_to_date acumulad* hasta_la_fecha hasta_ahora "
    "a_ce_jour jusqu_ici "
    "cumulee* cumulatif* تراكمي* حتي_الان حتي_تاريخه накоплен* нарастающ* на_сегодня на_данный_момент с_начала наростаюч* накопич* "
    "на_сьогодні станом_на "
    "з_початку"
)
EACH = "daily per_day new today diari* quotidien* nouveaux nuevos يومي* ежедневн* за_сутки за_день щоденн* за_добу нові новые"
# A column about deaths that counts nobody: when, where, why, by whom, how often.
NOT_A_COUNT = (
    "date dates day time when year month cause causes reason reasons manner rate rates ratio per_100 per_1000 per_100000 per_capita "
    "percent percentage pct share proportion id ids url link source "
    "sources note notes comment comments description name names age status by type kind place location killer killer_s perpetrator "
    "perpetrators "
    "fecha dia hora causa causas motivo tasa porcentaje fuente nota notas edad tipo lugar por estado nom cause date jour heure taux "
    "pourcentage lieu age par statut "
    "تاريخ سبب نسبه مصدر ملاحظات عمر نوع مكان дата день время причин* доля процент* источник* примечан* возраст тип место кем статус "
    "час причин* частка відсот* джерел* приміт* вік місце статус"
)
BY = "by par por"
INCLUDING = (
    "including incl includes of_which of_which_are dont de_los_cuales из_них з_них منهم among_them incluidos incluidas incluyendo "
    "incluido y_compris dont_inclus من_بينهم "
    "بما_في_ذلك включая в_том_числе вкл зокрема включно у_тому_числі"
)
AND = "and or und y o e et ou и или і та або &"
# field → names of columns that say it, most telling first
FIELDS: dict[str, str] = {
    "id": "id code incident_no incident_number incident_nr incident_id event_id case_no case_number ref reference identificador "
        "codigo numero_de_incidente "
    "identifiant reference numero_incident ид код номер номер_инцидента номер_події ідентифікатор رمز رقم_حادث رقم_حادثه رقم معرف",
    "date_start": "date day from d0 sqldate event_day date_start start_date date_from event_date incident_date date_of_incident "
        "when fecha fecha_inicio fecha_del_incidente dia date_debut jour "
    "date_incident дата дата_начала дата_инцидента дата_початку дата_події день تاريخ يوم تاريخ_حادث تاريخ_بدايه",
    "date_end": "end_date to d1 date_end date_to until fecha_fin fecha_final date_fin date_de_fin дата_окончания дата_конца "
        "дата_завершення дата_закінчення "
    "الي_تاريخ تاريخ_نهايه",
    "published": "published date_published publication_date report_date date_reported date_of_report fecha_de_publicacion "
        "date_de_publication дата_публикации "
    "дата_публікації تاريخ_نشر",
    "country": "country pais pays страна країна بلد دوله",
    "province": "province governorate adm1 adm_1 admin1 state oblast district region provincia gobernacion gobernorato departamento "
        "region gouvernorat "
    "departement wilaya область провинция губернаторство регион провінція губернія محافظه ولايه منطقه",
    "geo_precision": "geo_precision where_prec location_precision place_precision",
    "number_of_sources": "number_of_sources n_sources no_of_sources sources_count source_count numero_de_fuentes nombre_de_sources",
    "place": "place location town village city where locality settlement lugar localidad ciudad pueblo ubicacion lieu ville village "
        "localite endroit место "
    "город населенный_пункт село местоположение місце місто населений_пункт مكان موقع بلده مدينه قريه",
    "latitude": "latitude lat y_coord latitud широта خط_عرض عرض",
    "longitude": "longitude long lon lng x_coord longitud довгота долгота خط_طول طول",
    "belligerents": "belligerent belligerents perpetrator perpetrators actor actors party responsible responsible_party suspect "
        "suspected armed_group gname "
    "attributed_to grupo_armado groupe_arme auteur_presume who blamed "
        "attacker alleged_perpetrator "
    "perpetrador autor actor responsable beligerante beligerantes bando auteur auteurs belligerant belligerants partie responsable "
    "acteur виновник "
    "ответственный сторона стороны исполнитель воюющая_сторона винуватець відповідальний сторона сторони جهه مسؤول فاعل طرف",
    "strike_type": "strike_type weapon means type_of_attack attack_type weapon_type tipo_de_ataque arma type_d_attaque arme "
        "тип_удара оружие тип_атаки "
    "вид_удара тип_удару зброя тип_атаки نوع_هجوم سلاح",
    "strike_status": "strike_status status confirmed confirmation estado statut статус_удара статус حاله",
    "grading": "grading grade civilian_harm_status confidence evaluacion calificacion evaluation оценка оцінка تقييم",
    "text": "notes note description summary comment comments remarks notas descripcion resumen comentario comentarios remarque "
        "remarques resume commentaire "
    "commentaires описание примечание комментарий опис примітки примітка коментар ملاحظات وصف",
    "source": "source sources fuente fuentes источник источники джерело джерела مصدر مصادر",
}  # fmt: skip
DATES = "date dates fecha fechas дата даты дати تاريخ"
COARSE = (  # of days, where no column says them
    "year iyear month period week quarter mes ano periodo mois annee periode месяц год период місяць рік період شهر سنه فتره"
)
APART = "month imonth mes mois месяц місяць شهر day iday dia jour день يوم"  # parts of a day in columns of their own
PARTIES = (
    "suspect* armed_group* "
    "belligerent* perpetrator* actor actors attacker* blamed perpetrador* beligerante* auteur belligerant* acteur* виновник* "
    "винуватець сторона جهه فاعل"
)
STATUSES = "status confirm* confirmed estado statut статус حاله"
NOT_AN_ID = "country actor type source region side dyad conflict grid gid iso relation cause district province event_code root language"
PERSON: dict[str, str] = {
    "name": "name full_name name_of_victim victim_name victim_s_name name_of_deceased fullname nombre nombres nombre_completo "
        "nombre_y_apellido nombre_y_apellidos nom nom_complet nom_et_prenom nom_prenom "
    "prenom_et_nom имя фио ф_и_о имя_погибшего імя піб п_і_б ім_я прізвище اسم اسم_كامل اسم_ضحيه اسم_شهيد name_or_identifying_details",
    "en_name": "en_name name_en english_name name_english name_in_english name_latin",
    "ar_name": "ar_name name_ar arabic_name name_arabic name_in_arabic name_ar_raw",
    "age": "age ages age_years age_at_death edad anos_de_edad age_ans возраст лет вік років عمر سن",
    "sex": "sex gender sexo genero sexe genre пол стать جنس نوع_جنس",
    "dob": "dob date_of_birth birth_date birthdate birthday born fecha_de_nacimiento date_de_naissance дата_рождения год_рождения "
        "дата_народження تاريخ_ميلاد "
    "تاريخ_ولاده",
    "died": "date_of_death death_date died date_died date_killed fecha_de_muerte fecha_de_fallecimiento date_de_deces date_du_deces "
        "дата_смерти дата_гибели "
    "дата_загибелі дата_смерті تاريخ_وفاه تاريخ_استشهاد تاريخ_قتل",
}  # fmt: skip
SEX_WORDS: dict[str, str] = {
    "f": "f female woman girl mujer femenino femme feminin fille nina женский женщина ж жен жіноча жінка انثي",
    "m": "m male man boy hombre masculino varon homme masculin garcon nino мужской мужчина м муж чоловіча чоловік ч ذكر",
}
