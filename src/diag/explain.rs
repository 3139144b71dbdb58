use super::Code;

/// The page of a code, taken apart. Its text is markdown that stays readable as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page<'a> {
    /// Behind the number in the first line.
    pub title: &'a str,
    /// What it means, in paragraphs.
    pub prose: &'a str,
    /// How it looks.
    pub example: Example<'a>,
    /// Codes and rules that are near, as written behind `See also:`.
    pub see_also: Option<&'a str>,
}

/// The example of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example<'a> {
    /// Scripts that the tests check: the first gives the code, the second gives nothing.
    Scripts {
        /// What is wrong.
        failing: &'a str,
        /// The same, put right.
        repaired: &'a str,
    },
    /// For what no script can show: a text.
    Told(&'a str),
}

/// What keeps a page from being one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// The first line is not `# AF0402 title`.
    #[error("the first line is not `# {0} title`")]
    Heading(&'static str),
    /// There is neither `## Failing` with `## Repaired` nor `## Example`.
    #[error("`## Failing` and `## Repaired`, or `## Example`, are missing")]
    Example,
    /// A fence is missing around a script.
    #[error("a script is not fenced by ```agentflow … ```")]
    Fence,
}

impl Page<'static> {
    /// The page of `code`. The pages are part of the program, and a test holds that each is well formed.
    pub fn of(code: Code) -> Result<Self, PageError> {
        let (heading, rest) = code.page().split_once('\n').unwrap_or((code.page(), ""));
        let title = heading.strip_prefix("# ").and_then(|line| line.strip_prefix(code.number()));
        let title = title.ok_or(PageError::Heading(code.number()))?.trim();
        let (body, see_also) = match rest.rsplit_once("\nSee also:") {
            Some((body, names)) => (body, Some(names.trim().trim_end_matches('.'))),
            None => (rest, None),
        };
        let prose = body.split("\n## ").next().unwrap_or_default().trim();
        Ok(Self { title, prose, example: example(body)?, see_also })
    }
}

fn example(body: &str) -> Result<Example<'_>, PageError> {
    if let Some(text) = section(body, "Example") {
        return Ok(Example::Told(text.trim()));
    }
    let failing = section(body, "Failing").ok_or(PageError::Example)?;
    let repaired = section(body, "Repaired").ok_or(PageError::Example)?;
    Ok(Example::Scripts { failing: fenced(failing)?, repaired: fenced(repaired)? })
}

/// What stands below `## name`, up to the next section. A `## ` inside a script cannot begin a line of one.
fn section<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("\n## {name}\n"))?;
    Some(rest.split("\n## ").next().unwrap_or(rest))
}

fn fenced(text: &str) -> Result<&str, PageError> {
    let (_, rest) = text.split_once("```agentflow\n").ok_or(PageError::Fence)?;
    let end = rest.find("\n```").map(|at| at + 1).or(rest.starts_with("```").then_some(0));
    rest.get(..end.ok_or(PageError::Fence)?).ok_or(PageError::Fence)
}
