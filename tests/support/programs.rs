//! Well-typed programs, made of a tape of choices: the same tape gives the same program, a shorter one a smaller program,
//! so that what proptest shrinks to can be read.

use std::fmt::Write as _;

#[path = "programs/exprs.rs"]
mod exprs;
#[path = "programs/flow.rs"]
mod flow;

/// The types that generated expressions have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ty {
    Int,
    Number,
    Bool,
    Text,
    Level,
    Kind,
    Item,
    Act,
    Date,
    Grade,
    Ints,
    Texts,
    Items,
    MaybeInt,
    MaybeText,
    MaybeItem,
}

const ALL: &[Ty] = &[
    Ty::Int,
    Ty::Number,
    Ty::Bool,
    Ty::Text,
    Ty::Level,
    Ty::Kind,
    Ty::Item,
    Ty::Act,
    Ty::Date,
    Ty::Grade,
    Ty::Ints,
    Ty::Texts,
    Ty::Items,
    Ty::MaybeInt,
    Ty::MaybeText,
    Ty::MaybeItem,
];

const PRELUDE: &str = r#"type Level = low < mid < high

type Kind = bug | feature | question

type Item {
  name: text
  level: Level
  count: int
  note: text?
  parts: [int]
  require length(name) >= 0 otherwise "${name} has no name"
}

type Search {
  query: text
}

type Reply {
  answer: text
  sure: bool
}

type Act = Search | Reply

let house = "our house"

tool twice(n: int) -> int pure { return n * 2 }
tool slug(t: text) -> text pure { return lower(replace(t, " ", "-")) }
tool worst(xs: [Item]) -> Item? pure { return first([x for x in xs by x.level descending]) }
tool asked(a: Act) -> text pure { return when a is Search then a.query otherwise "nothing" }
tool save(path: text, body: text) writes files { write "out/${path}" body }
tool load(path: text) -> text reads files { read "${path}" }
tool hits(q: text) -> [Item] max 3 reads web { get "https://example.com/?q=${q}" }
tool build(dir: text) -> Run writes files { run ["cargo", "test"] in "${dir}" }
tool tell(message: text) sends chat { post "https://example.com" json { text: message } }

agent a_int(x: text) -> int { prompt "Count ${x}" }
agent a_number(x: text) -> number { prompt "Measure ${x}" }
agent a_bool(x: text) -> bool @retry(0) { prompt "Is ${x} so?" }
agent a_text(x: text, advice: text? = none) -> text @tier(1..3) {
  role "You write for ${house}."
  prompt "Write about ${x}${when advice} as ${advice}${end}"
}
agent a_level(x: text) -> Level { prompt "How bad is ${x}?" }
agent a_kind(x: text) -> Kind { prompt "What is ${x}?" }
agent a_item(x: text) -> Item @retry(2) { prompt "Describe ${x}" }
agent a_act(x: text) -> Act { prompt "What next for ${x}?" }
agent a_date(x: text) -> date { prompt "When is ${x}?" }
agent a_grade(x: text) -> Grade { prompt "Grade ${x}" }
agent a_ints(x: text) -> [int] max 4 { prompt "Numbers of ${x}" }
agent a_texts(x: text) -> [text] max 4 { prompt "Words of ${x}" }
agent a_items(x: text) -> [Item] max 4 @turns(3) {
  prompt "Items of ${x}"
  tools load, slug
}
agent a_maybe_int(x: text) -> int? { prompt "Perhaps count ${x}" }
agent a_maybe_text(x: text) -> text? { prompt "Perhaps name ${x}" }
agent a_maybe_item(x: text) -> Item? { prompt "Perhaps describe ${x}" }
agent summary(items: [Item], act: Act, when_due: date?) -> text max 50 words {
  prompt """
    ${for item in items}
    - ${item.name} (${item.level})${when item.note}: ${item.note}${end}
    ${end}
    ${when act is Search}
    Search for ${act.query}
    ${otherwise}
    Go on
    ${end}
    ${when when_due}
    Due ${when_due}
    ${end}
    """
}

rubric fine(work: json) @votes(3) {
  require to_json(work) != "" otherwise "there is nothing"
  clarity weight 2 "It can be understood"
  size { "It is short" }
  code { check count(lines(to_json(work))) > 0 }
  floor C
}

"#;

/// A program whose only entry is `workflow main()`.
pub fn program(tape: &[u16]) -> String {
    let mut maker =
        Maker { tape, at: 0, names: 0, out: PRELUDE.to_owned(), scope: Vec::new(), called: Vec::new() };
    for number in 0..maker.choose(3) {
        let name = format!("part{number}");
        let result = maker.workflow(&name, 3);
        maker.called.push((name, result));
    }
    maker.workflow("main", 7);
    maker.out
}

/// A name that can be used, with the type that it has here.
#[derive(Clone)]
struct Known {
    name: String,
    ty: Ty,
    /// What it has without what a `require` above has narrowed.
    declared: Ty,
    /// Whether `after` can name it.
    step: bool,
}

struct Maker<'t> {
    tape: &'t [u16],
    at: usize,
    names: usize,
    out: String,
    scope: Vec<Known>,
    /// Workflows above, with what they return.
    called: Vec<(String, Ty)>,
}

impl Maker<'_> {
    /// The next choice below `n`; a tape that has ended chooses the first, which is always the plainest.
    fn choose(&mut self, n: usize) -> usize {
        let value = self.tape.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(value) % n.max(1)
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        let at = self.choose(items.len());
        items[at]
    }

    fn fresh(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    fn is_over(&self) -> bool {
        self.at >= self.tape.len()
    }

    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(depth));
    }

    fn bound(&mut self, name: &str, ty: Ty) {
        self.scope.push(Known { name: name.to_owned(), ty, declared: ty, step: false });
    }

    fn bound_by_step(&mut self, name: &str, ty: Ty) {
        self.scope.push(Known { name: name.to_owned(), ty, declared: ty, step: true });
    }

    /// Runs `body`, forgets what it bound and narrowed, and gives the names that it bound.
    fn inner(&mut self, body: impl FnOnce(&mut Self)) -> Vec<Known> {
        let known = self.scope.clone();
        body(self);
        let bound = self.scope.split_off(known.len());
        self.scope = known;
        bound
    }

    fn workflow(&mut self, name: &str, most: usize) -> Ty {
        let result = self.pick(ALL);
        let ty = name_of(result);
        self.line(
            0,
            &format!("workflow {name}(seed: text = \"tea\", size: int 1..9 = 3, hint: text?) -> {ty} {{"),
        );
        self.inner(|maker| {
            maker.bound("seed", Ty::Text);
            maker.bound("size", Ty::Int);
            maker.bound("hint", Ty::MaybeText);
            maker.statements(1, most);
            let value = maker.expr(result, 2);
            let answer = maker.fresh();
            maker.line(1, &format!("let {answer}: {ty} = {value}"));
            maker.line(1, &format!("return {answer}"));
        });
        self.line(0, "}\n");
        result
    }
}

fn in_parens(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain || text.starts_with('(') && text.ends_with(')') { text.to_owned() } else { format!("({text})") }
}

fn name_of(ty: Ty) -> &'static str {
    match ty {
        Ty::Int => "int",
        Ty::Number => "number",
        Ty::Bool => "bool",
        Ty::Text => "text",
        Ty::Level => "Level",
        Ty::Kind => "Kind",
        Ty::Item => "Item",
        Ty::Act => "Act",
        Ty::Date => "date",
        Ty::Grade => "Grade",
        Ty::Ints => "[int]",
        Ty::Texts => "[text]",
        Ty::Items => "[Item]",
        Ty::MaybeInt => "int?",
        Ty::MaybeText => "text?",
        Ty::MaybeItem => "Item?",
    }
}

fn agent_of(ty: Ty) -> &'static str {
    match ty {
        Ty::Int => "a_int",
        Ty::Number => "a_number",
        Ty::Bool => "a_bool",
        Ty::Text => "a_text",
        Ty::Level => "a_level",
        Ty::Kind => "a_kind",
        Ty::Item => "a_item",
        Ty::Act => "a_act",
        Ty::Date => "a_date",
        Ty::Grade => "a_grade",
        Ty::Ints => "a_ints",
        Ty::Texts => "a_texts",
        Ty::Items => "a_items",
        Ty::MaybeInt => "a_maybe_int",
        Ty::MaybeText => "a_maybe_text",
        Ty::MaybeItem => "a_maybe_item",
    }
}
