from bridge.files.spelling import Spelling, closest, looks_like_token, shown


def test_a_misspelt_word_finds_what_was_meant() -> None:
    assert closest("visibilty", ["members", "visibility", "id"]) == "visibility"


def test_the_same_word_in_other_letters_is_what_was_meant() -> None:
    assert closest("U0001", ["u0001", "U0002"]) == "u0001"


def test_a_word_like_no_other_finds_nothing() -> None:
    assert closest("xyz", ["members", "visibility"]) == ""


def test_among_very_many_the_near_ones_are_still_found() -> None:
    assert closest("sales-fr4nce", [*(f"u{number:06}" for number in range(50_000)), "sales-france"]) == "sales-france"


def test_tokens_are_recognised_and_never_shown() -> None:
    token = "syt_aW5lcw_abcdefghijklmnop_1a2b3c"
    assert looks_like_token(token)
    assert token not in shown(token)
    assert looks_like_token("0123456789abcdef0123456789abcdef")


def test_ordinary_words_are_no_tokens() -> None:
    for word in ("sales-emea", "https://matrix.corp.example", "/var/lib/parvis/keys/partner1/directory.json", "parvis"):
        assert not looks_like_token(word)


def test_long_words_are_shortened() -> None:
    assert len(shown("x y " * 50)) == 60


def test_a_word_stays_in_its_line() -> None:
    assert shown("Gone\nDEL:9f\x1b[2J\u2028x") == "Gone�DEL:9f�[2J�x"


def test_after_many_mistakes_nothing_is_guessed_any_more() -> None:
    spelling = Spelling(["sales"], guesses=2)
    assert [spelling.closest("slaes") for _ in range(3)] == ["sales", "sales", ""]
