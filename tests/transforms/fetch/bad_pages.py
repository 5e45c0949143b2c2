"""Odd, broken and hostile pages and servers: where each case of the design's list (P1 to P65) is proved.

Cases without a place here are proved in test_bad_pages.py itself, in a test whose name ends with the id. Where the
outcome is another than the one first written down, `DEVIATIONS` says why.
"""

DEVIATIONS = {
    "P2": "without text on the page and in the feed it is a dead letter: a row without a text is no article",
    "P4": "found by the view `boilerplate`, not flagged: a row is published before the fourth URL has the same text",
    "P6": "404 is final for a page, soft for a feed, for feeds come back",
    "P7": "no counter a host: the view `letters` counts",
    "P10": "the wish is capped at a day, and the letter is passing, never tried before that time",
    "P12": "three tries in a run, then a passing letter, tried again by later runs",
    "P15": "the link stays the identity; the final URL only gives the domain",
    "P20": "passing: certificates are renewed, and later runs look again",
    "P25": "P25 to P28: passing, for a proxy on the way may be the one that is ill",
    "P29": "one word, timeout, for all that took too long",
    "P46": "refused for its size at 60,000 elements, else read",
    "P52": "javascript_shell in place of a flag, unless the feed has the text",
    "P53": "a page's canonical address is a column; copies of one text are joined as exact duplicates",
    "P54": "kept in its column with the flag: it may tell where a copy came from; it is never an identity",
    "P57": "nothing may be fetched, but the file is asked for again after minutes, lest a bad one cost all tries",
    "P65": "the page's absurd date gives way to the first sight: date_absurd or date_future, not date_invalid",
}

_FETCH = "tests.transforms.fetch."
_EXTRACT = "tests.transforms.extract."
_LIMITS = f"{_FETCH}test_client_limits"
_WORST = "bench.worst_pages::CASES::"

# id: module::test, or module::table of cases::name of the case
ELSEWHERE = {
    "P3": f"{_EXTRACT}test_kinds::test_short",
    "P4": "tests.queries.test_views::test_texts_that_many_urls_share_are_boilerplate",
    "P5": f"{_EXTRACT}test_rejects::TestGone::test_title",
    "P6": f"{_FETCH}test_client::test_a_status_is_a_reason_and_not_tried_again",
    "P7": f"{_FETCH}test_client::test_a_status_is_a_reason_and_not_tried_again",
    "P8": f"{_FETCH}test_client_manners::test_a_server_that_says_when_is_not_asked_before",
    "P9": f"{_FETCH}test_waits::test_retry_after",
    "P11": f"{_FETCH}test_client::test_a_failing_server_is_tried_again",
    "P13": f"{_FETCH}test_poll::test_both_validators_go_out_and_outlive_a_304",
    "P14": f"{_FETCH}test_poll::test_the_same_body_is_not_modified",
    "P15": f"{_FETCH}test_client::test_five_redirects_are_followed_and_six_are_not",
    "P16": f"{_FETCH}test_client::test_a_loop_ends_at_once",
    "P17": f"{_FETCH}test_client::test_five_redirects_are_followed_and_six_are_not",
    "P18": f"{_FETCH}test_client::test_a_redirect_to_what_may_not_be_fetched_is_refused",
    "P20": f"{_FETCH}test_client::test_a_certificate_that_nobody_vouches_for_is_a_tls_error",
    "P21": f"{_FETCH}test_client::test_a_host_without_an_address_is_a_dns_error",
    "P22": f"{_FETCH}test_client::test_a_refused_connection_is_a_connect_error",
    "P23": f"{_LIMITS}::BREAKS::reset in the body",
    "P24": f"{_LIMITS}::BREAKS::closed in the body",
    "P25": f"{_LIMITS}::BAD_HTTP::two lengths",
    "P26": f"{_LIMITS}::BAD_HTTP::garbage in place of a status",
    "P27": f"{_LIMITS}::BAD_HTTP::an endless header",
    "P28": f"{_LIMITS}::BAD_HTTP::endless headers",
    "P29": f"{_LIMITS}::SLOW::slow header",
    "P30": f"{_LIMITS}::SLOW::slow body",
    "P31": f"{_LIMITS}::SLOW::never answers",
    "P32": f"{_LIMITS}::SLOW::only interim answers",
    "P33": f"{_LIMITS}::TOO_LARGE::gzip bomb",
    "P34": f"{_LIMITS}::test_a_coding_that_was_not_asked_for_is_refused",
    "P35": f"{_LIMITS}::test_a_coding_that_was_not_asked_for_is_refused",
    "P36": f"{_LIMITS}::test_a_plain_body_announced_as_coded_is_refused",
    "P37": f"{_LIMITS}::test_a_coding_that_was_not_asked_for_is_refused",
    "P38": f"{_LIMITS}::TOO_LARGE::announced",
    "P39": f"{_LIMITS}::TOO_LARGE::endless chunks",
    "P40": f"{_FETCH}test_page::test_another_medium_is_not_read",
    "P41": f"{_FETCH}test_page::test_other_types_are_judged_by_their_bytes",
    "P43": f"{_EXTRACT}test_charset::test_byte_order_mark",
    "P44": f"{_EXTRACT}test_charset::test_control_characters",
    "P45": _WORST + "100,000 nested divs",
    "P46": _WORST + "line breaks",
    "P47": _WORST + "50,000 attributes",
    "P48": _WORST + "a date on every element",
    "P50": _WORST + "a title of 2.9 MB",
    "P51": f"{_EXTRACT}test_page::TestPage::test_endless_jsonld",
    "P52": f"{_EXTRACT}test_rejects::TestScripts::test_markup",
    "P56": f"{_FETCH}test_client_manners::test_robots_txt_is_heeded_on_every_hop",
    "P57": f"{_FETCH}test_robots::test_a_server_that_cannot_say_allows_nothing",
    "P58": f"{_FETCH}test_robots::test_what_is_no_robots_txt_allows_everything",
    "P59": f"{_FETCH}test_client_manners::test_a_long_robots_txt_is_read_to_its_limit",
    "P60": f"{_EXTRACT}test_language::test_text_decides",
    "P63": "tests.transforms.write.test_stage::test_lone_surrogates_are_replaced",
    "P64": "tests.transforms.write.test_stage::test_a_partition_cannot_lead_outside_the_output",
}
