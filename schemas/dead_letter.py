"""Dead letters: every failure of a feed, an entry or a page, one record each."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Reason:
    """One word of the closed list of reasons."""

    # a passing failure is tried again by later runs; the others are final at once
    passing: bool
    meaning: str


REASONS = {
    # the network
    "timeout": Reason(True, "no complete answer within the time-out"),
    "dns_error": Reason(True, "the host name has no address"),
    "connect_error": Reason(True, "the connection was refused, reset or never made"),
    "truncated": Reason(True, "the connection ended before the body did"),
    "tls_error": Reason(True, "the certificate or the TLS handshake failed"),
    "bad_http": Reason(True, "the answer is not valid HTTP"),
    "bad_encoding": Reason(True, "the content coding is not the one announced, or not one that was asked for"),
    "rate_limited": Reason(True, "status 429: the server asks for fewer requests"),
    "http_5xx": Reason(True, "the server failed (status 500 to 599)"),
    "http_403": Reason(False, "the server refuses (status 401, 402, 403 or 451)"),
    "http_404": Reason(False, "not found (status 404)"),
    "http_410": Reason(False, "gone for good (status 410)"),
    "http_4xx": Reason(False, "the request is refused with another status from 400 to 499"),
    "http_status": Reason(False, "a status that is neither success, redirect nor error"),
    "too_many_redirects": Reason(False, "more than five redirects"),
    "redirect_loop": Reason(False, "redirects lead back to a URL already visited"),
    "body_too_large": Reason(False, "more bytes than the cap allows, after inflating"),
    # manners
    "robots_disallowed": Reason(False, "the site's robots.txt disallows the page"),
    "robots_unreachable": Reason(True, "the site's robots.txt cannot be had, so that nothing there may be fetched"),
    "over_deadline": Reason(True, "not fetched before the slot's deadline; no try is counted, and the next run tries"),
    "over_budget": Reason(True, "the run has used up what it may ask of a host, or in all; no try is counted"),
    "secret_missing": Reason(True, "a password or token that the feed list names is not there"),
    # guards
    "blocked_address": Reason(False, "the host leads to an address that is not public"),
    "blocked_port": Reason(False, "a port other than 80, 443, 8080 and 8443"),
    "bad_scheme": Reason(False, "a link that is neither http nor https"),
    "bad_url": Reason(False, "a link that is no valid URL"),
    "userinfo_in_url": Reason(False, "a link that carries a user name or password"),
    "url_control_char": Reason(False, "a link with control characters or inner white space"),
    "url_too_long": Reason(False, "a link of more than 4,096 characters"),
    # feeds
    "empty_body": Reason(False, "the feed's answer is empty"),
    "not_a_feed": Reason(False, "the answer is no RSS, Atom, RDF or JSON feed"),
    "not_a_feed_html": Reason(False, "the answer is a web page, not a feed"),
    "dtd_entities": Reason(False, "the feed declares entities, which could expand without bound"),
    "tag_too_long": Reason(False, "a tag of more than 64 KB"),
    "encoding_refused": Reason(False, "a character encoding that is never read, such as UTF-7"),
    "parser_failed": Reason(False, "the feed is so broken that the parser fails on it"),
    "entries_over_cap": Reason(False, "the feed lists more entries than the cap; the detail has the number left out"),
    # entries
    "no_link": Reason(False, "the entry has no link"),
    "no_article_link": Reason(False, "the entry links only to an enclosure, such as audio"),
    # pages
    "not_html": Reason(False, "the page is something else than HTML, such as a PDF"),
    "page_too_large": Reason(False, "over 3 MB or 60,000 elements"),
    "no_text": Reason(False, "the page has no readable body text"),
    "soft_404": Reason(False, "the page says, with status 200, that it does not exist"),
    "blocked_page": Reason(False, "a challenge or login page in place of the article"),
    "consent_page": Reason(False, "a question for consent to cookies in place of the article"),
    "javascript_shell": Reason(False, "an empty page that scripts would fill"),
    "not_an_article": Reason(False, "an overview of articles: a home, section, tag or search page"),
    # the sandbox
    "parse_timeout": Reason(False, "parsing or extraction took longer than its budget and was killed"),
    "memory_limit": Reason(False, "parsing or extraction needed more memory than its budget"),
    "worker_died": Reason(False, "the extraction process died on this input"),
}


@dataclass(frozen=True)
class DeadLetter:
    """One failure; the fields are the columns of `dead_letters/` (docs/data-dictionary.md)."""

    dead_letter_id: str
    run_id: str
    occurred_at: datetime
    # fetch, extract
    stage: str
    # a key of REASONS
    reason: str
    # at most 500 characters
    detail: str
    url: str
    feed_url: str
    # None for a failure of the feed itself
    article_id: str | None
    http_status: int
    attempt: int
    # no later run tries again
    final: bool
    next_attempt_at: datetime | None
    # the entry as JSON, enough to try again; "" for a feed
    payload: str
