"""What pages that are no article say, in the languages of the feeds; one pattern for each thing they say.

The alternatives are words as sites print them. Repeats are bounded, so that no text takes long.
"""

import re

# a notice ends after its phrase or goes on with the site's name; a headline goes on with a colon or more words
_END = r"(?=[ ]*(?:$|\n|[|–—·!.…(-]|or\b))"

GONE = re.compile(
    rf"""^\W*(?:
    (?:error|fehler|erreur|http)\W*404\b | 404\W*(?:$|[|–—:!-]|error\b|page\b|not\ found|seite\b|fehler\b|erreur\b)
    | (?:(?:sorry|oops|error)\W+)*(?:the\ |this\ |that\ )?(?:page|article|content|story)\b.{{0,40}}?\b
      (?:not\ found|can(?:no|')t\ be\ found|could\ not\ be\ found|doesn['’]?t\ exist|does\ not\ exist
      |no\ longer\ (?:available|exists)|unavailable){_END}
    | not\ found{_END}
    | (?:seite|artikel|inhalt)\b.{{0,30}}\bnicht\ (?:gefunden|verfügbar|mehr\ verfügbar){_END}
    | p[áa]gina\ (?:no\ (?:encontrada|existe|disponible)|não\ (?:encontrada|existe))
    | (?:page|article)\ (?:introuvable|n['’]existe\ pas)
    | pagina\ (?:non\ trovata|niet\ gevonden|nu\ a\ fost\ găsită)
    | страница\ не\ найдена | сторінк[ау]\ не\ знайден[оа]
    | nie\ znaleziono\ strony | strona\ nie\ istnieje | sayfa\ bulunamadı
    | str[áa]nka\ (?:nenalezena|nebyla\ nalezena)
    | sid(?:en|an)\ (?:(?:blev|ble)\ )?(?:ikke\ (?:fundet|funnet)|finns\ inte|findes\ ikke|kunde\ inte\ hittas)
    | sivua\ ei\ löydy | az\ oldal\ nem\ található | halaman\ tidak\ ditemukan | η\ σελίδα\ δεν\ βρέθηκε
    | 페이지를\ 찾을\ 수\ 없 | お探しのページ | ページ[がは]見つかりません
    | 页面不存在 | 找不到页面 | 頁面不存在 | 您访问的页面 | الصفحة\ غير\ موجودة | (?:पृष्ठ|पेज)\ नहीं\ मिला
    )""",
    re.I | re.X,
)

BLOCKED_TITLE = re.compile(
    rf"""^\W*(?:
    (?:just\ a\ moment | attention\ required | one\ more\ step | security\ check | pardon\ our\ interruption
      | access\ (?:(?:to\ this\ page\ has\ been\ )?denied|restricted) | (?:403\W+)?forbidden | 403 | too\ many\ requests
      | (?:bot|human)\ verification | captcha | client\ challenge | request\ (?:blocked|rejected)
      | (?:please\ )?(?:log|sign)\ ?in
      | доступ\ (?:ограничен|запрещ[её]н) | acc[èe]s\ refusé | acceso\ denegado | zugriff\ verweigert
      | accesso\ negato | acesso\ negado | toegang\ geweigerd | odmowa\ dostępu | erişim\ engellendi){_END}
    | are\ you\ a\ (?:robot|human)\W*$ | robot\ (?:check|or\ human) | ddos-guard
    | verif(?:y|ying)\ (?:you\ are|your\ browser) | checking\ your\ browser
    )""",
    re.I | re.X,
)

BLOCKED_TEXT = re.compile(
    r"""
    enable\ cookies\b | javascript\ and\ cookies
    | (?:verify|confirm|prove)\ (?:that\ )?you(?:['’]?re|\ are)\ (?:a\ )?(?:human|not\ a\ (?:ro)?bot)
    | bestätigen\ sie\b.{0,20}\bmensch | vérifi(?:ez|ons)\ que\ vous\ êtes\ (?:un\ )?humain
    | (?:que\ no\ eres|que\ você\ não\ é|di\ non\ essere)\ un[m]?\ rob[oó]t? | что\ вы\ не\ робот
    | ロボットではない | 请完成(?:安全)?验证 | 请输入验证码 | 로봇이\ 아닙니다
    | checking\ (?:if\ the\ site|your\ browser) | complete\ the\ (?:captcha|security\ check) | \bray\ id\b
    | unusual\ (?:traffic|activity)\ from\ your | you\ have\ been\ blocked
    | not\ available\ in\ your\ (?:country|region) | due\ to\ (?:gdpr|legal\ reasons)
    | (?:log|sign)\ in\ to\ (?:continue|read|view)
    """,
    re.I | re.X,
)
# what the scripts of challenge pages are called; one of that folder also runs on pages that show their text
CHALLENGE = re.compile(
    rb"cdn-cgi/challenge-platform/(?!scripts/jsd/)|_Incapsula_Resource|captcha-delivery\.com|px-captcha|cf[_-]chl[_-]"
    rb"|/_sec/cp_challenge"
)

NEEDS_SCRIPTS = re.compile(
    r"""
    enable\ (?:javascript|js)\b(?!\ (?:and\ cookies|to\ view\ the\ comments))
    | (?:requires?|needs?)\ javascript | javascript\ (?:is|must\ be)\ (?:disabled|required|enabled|not\ enabled)
    | without\ javascript\ enabled | javascript\ to\ run\ this\ app
    | activ(?:ez|er)\ javascript | (?:habilit[ae]r?|activ[ae]r?|ativ[ae]r?)\ (?:o\ |el\ )?javascript
    | javascript\ (?:aktivieren|einschalten|aktivierte) | abilit(?:a|are)\ javascript | javascript\ inschakelen
    | włącz\ (?:obsługę\ )?javascript | включите\ javascript | aktiv(?:era|er)\ javascript
    | javascript['’]i\ etkinleştir
    | javascriptを有効 | (?:启用|開啟|啟用)\ ?javascript | 자바스크립트를\ 활성화
    """,
    re.I | re.X,
)
# where a page's scripts put its content: an element by its usual name with nothing in it
EMPTY_ROOT = re.compile(
    rb"<(?:div|main|section)\b[^>]{0,200}\bid=[\"']?(?:root|app|__next|__nuxt|main-app|app-root|react-root|___gatsby)"
    rb"\b[^>]{0,200}>\s{0,200}</|<app-root\b[^>]{0,200}>\s{0,200}</",
    re.I,
)
NOSCRIPT = re.compile(rb"<noscript\b[^>]{0,200}>(.{0,500}?)</noscript", re.I | re.S)

CONSENT_TITLE = re.compile(
    rf"^\W*(?:(?:consent (?:required|page)|cookie (?:consent|wall)){_END}|before you continue to\b)", re.I
)
CONSENT_ADDRESS = re.compile(r"^(?:consent|guce|cmp)\.")
# the site speaks of itself and its cookies …
OWN_COOKIES = re.compile(
    r"""
    \b(?:we|our\ partners)\b.{0,60}\b(?:use|store)\b.{0,60}\bcookies
    | cookies\b.{0,40}\bto\ (?:continue|proceed|read|view)\b
    | \bwir\b.{0,60}\b(?:verwenden|nutzen|setzen|speichern)\b.{0,60}\bcookies
    | (?:verwenden|nutzen)\ wir\b.{0,40}\bcookies
    | \bnous\b.{0,60}\butilisons\b.{0,60}\bcookies | \b(?:utilizamos|usamos)\b.{0,40}\bcookies
    | \b(?:utilizziamo|usiamo)\b.{0,40}\bcookie | \b(?:wij|we)\b.{0,40}\bgebruiken\b.{0,40}\bcookies
    | \bvi\ (?:använder|bruger|bruker)\b.{0,40}\b(?:cookies|kakor|informasjonskapsler)
    | \b(?:używamy|korzystamy\ z)\b.{0,40}\bcookies? | \bмы\ используем\b.{0,40}\b(?:cookie|куки)
    | çerez(?:ler)?i?\ kullan(?:ıyoruz|maktayız) | používáme\b.{0,40}\bcookies
    | cookie(?:s)?を(?:使用|利用) | 我们使用\ ?cookie | 쿠키를\ 사용
    """,
    re.I | re.X,
)
# … and asks for a choice
CHOICE = re.compile(
    r"""
    \b(?:accept|allow|reject|decline)\ (?:all|cookies)\b | \bi\ (?:accept|agree)\b
    | \bmanage\ (?:my\ |your\ )?(?:choices|cookies|preferences|settings|options)
    | \b(?:alle|cookies)\b.{0,20}\b(?:akzeptieren|annehmen|ablehnen) | \b(?:zustimmen|einwilligen)\b
    | \btout\ (?:accepter|refuser)\b | \bcontinuer\ sans\ accepter
    | \b(?:aceptar|rechazar)\ (?:todo|todas|cookies|y\ continuar)
    | \b(?:aceitar|rejeitar)\ (?:tudo|todos|cookies) | \b(?:accetta|rifiuta)\ (?:tutt[io]|e\ continua)
    | \balles\ (?:accepteren|weigeren)
    | \b(?:godkänn|acceptera|accepter|tillad|godta)\ alle?\b | \b(?:akceptuję|zaakceptuj|odrzuć)\b
    | \b(?:принять|отклонить)\ все
    | tümünü\ (?:kabul|reddet) | přijmout\ vše
    | すべて(?:許可|拒否|同意) | (?:接受|拒绝)(?:全部|所有) | 모두\ (?:동의|허용|거부)
    """,
    re.I | re.X,
)

SEARCH_TITLE = re.compile(
    r"""^\W*(?:
    search(?:\ results?)?\ (?:for|results)\b | search\ results?\b | you\ searched\ for | suchergebnisse?\b
    | suche\ nach\b
    | résultats\ (?:de\ (?:la\ )?)?recherche | resultados\ (?:de\ (?:la\ )?(?:búsqueda|busca)|da\ (?:pesquisa|busca))
    | risultati\ (?:della\ |di\ )?ricerca | zoekresultaten | sökresultat | søgeresultater | søkeresultater
    | wyniki\ wyszukiwania | результаты\ поиска | arama\ sonuçları | výsledky\ (?:vy)?hledávání
    | 検索結果 | 搜索结果 | 검색\ 결과
    )""",
    re.I | re.X,
)

# what stands where a paid article stops; for text in lower case, which is found faster than any case
OFFER = re.compile(
    r"""
    (?:subscribe|sign\ up|log\ in|register|become\ a\ (?:member|subscriber))\b.{0,40}\bto\ (?:continue|keep)\ reading
    | subscribe\ (?:now\ )?to\ (?:read|unlock|access)\b
    | to\ (?:continue|keep)\ reading\b.{0,60}\b(?:subscri|log\ in|register|sign\ up)
    | (?:article|story|content)\ is\ (?:only\ |exclusively\ )?(?:for|available\ to|reserved\ for)\ (?:our\ )?
      (?:paying\ )?(?:subscribers|members) | already\ a\ (?:subscriber|member)\?
    | weiterlesen\ mit\b | jetzt\ (?:testen\ und\ )?weiterlesen
    | (?:abo|abonnement|registrieren|anmelden)\b.{0,40}\bweiterlesen
    | (?:artikel|text|beitrag|inhalt)\b.{0,30}\b(?:nur|exklusiv)\ für\ (?:unsere\ )?abonnent(?:en|innen)
    | (?:bereits|schon)\ (?:digital)?abonnent\b.{0,8}\?
    | (?:article|contenu|suite)\b.{0,30}\bréservée?\ (?:à\ nos|aux)\ abonnés | déjà\ abonnée?\s?\?
    | il\ vous\ reste\ [\d.,]{1,5}\s?%\ de\ cet\ article | abonnez-vous\ pour\ (?:lire|continuer|accéder)
    | (?:artículo|contenido|nota)\b.{0,30}\b(?:exclusiv[oa]|solo|reservad[oa])\ para\ (?:nuestros\ )?
      (?:suscriptores|socios)
    | suscríbete\ para\ (?:seguir|continuar|leer) | ya\ eres\ suscriptor\b
    | (?:conteúdo|matéria|reportagem)\b.{0,30}\bexclusiv[oa]\ para\ assinantes | assine\ para\ (?:continuar|ler)
    | (?:articolo|contenuto)\b.{0,30}\b(?:riservato|esclusivo)\ (?:agli|per\ gli)\ abbonati
    | abbonati\ per\ (?:continuare|leggere)
    | (?:artikel|verhaal)\b.{0,30}\b(?:alleen|exclusief)\ voor\ abonnees
    | word\ abonnee\b.{0,30}\blees\ (?:verder|dit)
    | (?:artikeln|artiklen|artikkelen)\b.{0,20}\b(?:bara\ för|kun\ for|for)\ (?:prenumeranter|abonnenter)
    | artykuł\b.{0,30}\bdla\ (?:prenumeratorów|subskrybentów)
    | (?:статья|материал)\b.{0,30}\bтолько\ (?:для|по)\ подпис | (?:článek|obsah)\b.{0,30}\bpro\ předplatitele
    | (?:cikk|tartalom)\b.{0,30}\belőfizetőink | haberin\ devamı\b.{0,30}\baboneler
    | この記事は(?:有料|会員) | 残り[：:\s]{0,2}\d{1,6}\s?文字 | 続きを読むには.{0,20}(?:会員|登録|購読)
    | 订阅后(?:继续|可)阅读 | 이\ 기사는.{0,10}구독자 | यह\ (?:खबर|लेख)\ केवल\ (?:सदस्यों|ग्राहकों) | هذا\ المقال\ للمشتركين
    """,
    re.X,
)
