/** What a new script begins with. It is right, and its test passes. */
export const NEW_SCRIPT = `/// Writes a short note and improves it until a judge is content.

agent writer(topic: text, advice: text?) -> text max 120 words @tier(2) {
  prompt """
    Write a short note about \${topic}.
    \${when advice}
    The last version was reviewed: \${advice}
    \${end}
    """
}

workflow note(
  /// What the note is about.
  topic: text,
) -> text max 120 words {
  loop until rubric >= A max 3 {
    step draft = writer(topic, previous.review.advice)
  } otherwise keep best

  return draft
}

test "a weak first draft is written again" {
  given writer -> "first", "second"
  given rubric -> C, A
  run note(topic: "tea")
  expect result == "second"
  expect writer ran 2 times
}
`;
