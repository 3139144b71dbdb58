//! Well-typed programs, made of a tape of choices: the same tape gives the same program, a shorter one a smaller program,
//! so that what proptest shrinks to can be read.

use std::fmt::Write as _;

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
}

type Search {
  query: text
}

type Reply {
  answer: text
  sure: bool
}

type Act = Search | Reply

agent a_int(x: text) -> int { prompt "Count ${x}" }
agent a_number(x: text) -> number { prompt "Measure ${x}" }
agent a_bool(x: text) -> bool { prompt "Is ${x} so?" }
agent a_text(x: text, advice: text? = none) -> text {
  prompt "Write about ${x}${when advice} as ${advice}${end}"
}
agent a_level(x: text) -> Level { prompt "How bad is ${x}?" }
agent a_kind(x: text) -> Kind { prompt "What is ${x}?" }
agent a_item(x: text) -> Item { prompt "Describe ${x}" }
agent a_act(x: text) -> Act { prompt "What next for ${x}?" }
agent a_date(x: text) -> date { prompt "When is ${x}?" }
agent a_grade(x: text) -> Grade { prompt "Grade ${x}" }
agent a_ints(x: text) -> [int] max 4 { prompt "Numbers of ${x}" }
agent a_texts(x: text) -> [text] max 4 { prompt "Words of ${x}" }
agent a_items(x: text) -> [Item] max 4 { prompt "Items of ${x}" }
agent a_maybe_int(x: text) -> int? { prompt "Perhaps count ${x}" }
agent a_maybe_text(x: text) -> text? { prompt "Perhaps name ${x}" }
agent a_maybe_item(x: text) -> Item? { prompt "Perhaps describe ${x}" }

rubric fine(work: json) {
  clarity weight 2 "It can be understood"
  size { "It is short" }
}

"#;

/// A program whose only entry is `workflow main()`.
pub fn program(tape: &[u16]) -> String {
    let mut maker = Maker { tape, at: 0, names: 0, out: PRELUDE.to_owned(), scope: Vec::new() };
    let result = maker.pick(ALL);
    let _ = writeln!(
        maker.out,
        "workflow main(seed: text = \"tea\", size: int 1..9 = 3) -> {} {{",
        name_of(result)
    );
    maker.scope.push(("seed".into(), Ty::Text));
    maker.scope.push(("size".into(), Ty::Int));
    maker.statements(1, 6);
    let value = maker.expr(result, 2);
    let ty = name_of(result);
    let _ = writeln!(maker.out, "  let answer: {ty} = {value}\n  return answer\n}}");
    maker.out
}

struct Maker<'t> {
    tape: &'t [u16],
    at: usize,
    names: usize,
    out: String,
    scope: Vec<(String, Ty)>,
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

    fn statements(&mut self, depth: usize, most: usize) {
        let count = 1 + self.choose(most);
        for _ in 0..count {
            if self.is_over() {
                break;
            }
            self.statement(depth);
        }
    }

    fn statement(&mut self, depth: usize) {
        let kinds = if depth > 3 { 3 } else { 10 };
        match self.choose(kinds) {
            0 => self.step(depth),
            1 => self.bind(depth),
            2 => self.step_with_fallback(depth),
            3 => self.when_condition(depth),
            4 => self.when_cases(depth),
            5 => self.parallel(depth),
            6 => self.each(depth),
            7 => self.repeat(depth),
            8 => self.when_present(depth),
            _ => self.judge(depth),
        }
    }

    fn step(&mut self, depth: usize) {
        let ty = self.pick(ALL);
        let arg = self.expr(Ty::Text, 1);
        let name = self.fresh();
        self.line(depth, &format!("step {name} = {}({arg})", agent_of(ty)));
        self.scope.push((name, ty));
    }

    fn bind(&mut self, depth: usize) {
        let ty = self.pick(ALL);
        let value = self.expr(ty, 3);
        let name = self.fresh();
        self.line(depth, &format!("let {name}: {} = {value}", name_of(ty)));
        self.scope.push((name, ty));
    }

    fn step_with_fallback(&mut self, depth: usize) {
        let ty = self.pick(&[Ty::Int, Ty::Text, Ty::Level, Ty::Ints]);
        let (arg, mut value) = (self.expr(Ty::Text, 1), self.expr(ty, 1));
        // A `(` behind `failure` opens a list of kinds.
        if value.starts_with('(') {
            value = self.literal(ty);
        }
        let name = self.fresh();
        let tail = self.pick(&["", "(timeout, invalid)", " as f"]);
        let text = format!("step {name}: {} = {}({arg}) on failure{tail} {value}", name_of(ty), agent_of(ty));
        self.line(depth, &text);
        self.scope.push((name, ty));
    }

    fn judge(&mut self, depth: usize) {
        let work = self.expr(Ty::Text, 1);
        let name = self.fresh();
        self.line(depth, &format!("step {name} = fine({work})"));
        let grade = self.fresh();
        self.line(depth, &format!("let {grade}: Grade = {name}.grade"));
        self.scope.push((grade, Ty::Grade));
    }

    /// Runs `body` and forgets what it bound.
    fn inner(&mut self, body: impl FnOnce(&mut Self)) {
        let known = self.scope.len();
        body(self);
        self.scope.truncate(known);
    }

    fn when_condition(&mut self, depth: usize) {
        let condition = self.expr(Ty::Bool, 2);
        let ty = self.pick(ALL);
        let name = self.fresh();
        self.line(depth, &format!("when {} {{", in_parens(&condition)));
        self.inner(|maker| maker.branch(depth + 1, &name, ty));
        self.line(depth, "} otherwise {");
        self.inner(|maker| maker.branch(depth + 1, &name, ty));
        self.line(depth, "}");
        self.scope.push((name, ty));
    }

    fn branch(&mut self, depth: usize, name: &str, ty: Ty) {
        self.statements(depth, 2);
        let arg = self.expr(Ty::Text, 1);
        let value = self.expr(ty, 1);
        let text = match self.choose(2) {
            0 => format!("step {name}: {} = {}({arg})", name_of(ty), agent_of(ty)),
            _ => format!("let {name}: {} = {value}", name_of(ty)),
        };
        self.line(depth, &text);
    }

    fn when_cases(&mut self, depth: usize) {
        let (subject, cases) = match self.choose(3) {
            0 => (self.expr(Ty::Kind, 1), &["is bug", "is feature, question"][..]),
            1 => (self.expr(Ty::Level, 1), &["is low", "is mid", "otherwise"][..]),
            _ => (self.act(), &["is Search", "is Reply"][..]),
        };
        let subject_name = self.fresh();
        let ty = if cases[0] == "is Search" {
            "Act"
        } else if cases.len() == 2 {
            "Kind"
        } else {
            "Level"
        };
        self.line(depth, &format!("let {subject_name}: {ty} = {subject}"));
        let name = self.fresh();
        self.line(depth, &format!("when {subject_name} {{"));
        for case in cases {
            self.line(depth + 1, &format!("{case} {{"));
            self.inner(|maker| maker.statements(depth + 2, 2));
            let value = match *case {
                "is Search" => format!("{subject_name}.query"),
                "is Reply" => format!("{subject_name}.answer"),
                _ => self.expr(Ty::Text, 1),
            };
            self.line(depth + 2, &format!("let {name} = {value}"));
            self.line(depth + 1, "}");
        }
        self.line(depth, "}");
        self.scope.push((name, Ty::Text));
    }

    fn when_present(&mut self, depth: usize) {
        let ty = self.pick(&[Ty::MaybeInt, Ty::MaybeText, Ty::MaybeItem]);
        let inner = match ty {
            Ty::MaybeInt => Ty::Int,
            Ty::MaybeText => Ty::Text,
            _ => Ty::Item,
        };
        let value = self.expr(ty, 1);
        let (subject, name) = (self.fresh(), self.fresh());
        self.line(depth, &format!("let {subject}: {} = {value}", name_of(ty)));
        self.line(depth, &format!("when {subject} {{"));
        self.inner(|maker| {
            maker.scope.push((subject.clone(), inner));
            maker.statements(depth + 1, 2);
            let value = maker.expr(Ty::Text, 1);
            maker.line(depth + 1, &format!("step {name} = a_text({value})"));
        });
        self.line(depth, "}");
        self.scope.push((subject, ty));
        self.scope.push((name, Ty::MaybeText));
    }

    fn parallel(&mut self, depth: usize) {
        let cap = self.pick(&["", "1 at once "]);
        self.line(depth, &format!("parallel {cap}{{"));
        let known = self.scope.clone();
        let mut bound = Vec::new();
        for _ in 0..2 + self.choose(2) {
            self.scope.clone_from(&known);
            self.step(depth + 1);
            bound.extend(self.scope.pop());
        }
        self.line(depth, "}");
        self.scope = known;
        self.scope.extend(bound);
    }

    fn each(&mut self, depth: usize) {
        let (list, item) = match self.choose(3) {
            0 => ("a_ints", Ty::Int),
            1 => ("a_texts", Ty::Text),
            _ => ("a_items", Ty::Item),
        };
        let source = self.fresh();
        let arg = self.expr(Ty::Text, 0);
        self.line(depth, &format!("step {source} = {list}({arg})"));
        let head = self.pick(&["parallel for", "for", "parallel 2 at once for"]);
        let (name, rows) = (self.fresh(), self.fresh());
        self.line(depth, &format!("{head} {name} in {source} as {rows} {{"));
        self.inner(|maker| {
            maker.scope.push((name.clone(), item));
            maker.scope.push(("index".into(), Ty::Int));
            maker.statements(depth + 1, 2);
            let give = maker.expr(Ty::Int, 2);
            maker.line(depth + 1, &format!("give {give}"));
        });
        self.line(depth, "}");
        self.scope.push((rows, Ty::Ints));
    }

    fn repeat(&mut self, depth: usize) {
        let (ty, name) = (self.pick(&[Ty::Int, Ty::Text, Ty::Kind]), self.fresh());
        let judged = self.choose(2) == 1;
        let until = match (judged, ty) {
            (true, _) => format!("fine({name}) >= B"),
            (false, Ty::Int) => format!("{name} > 2"),
            (false, Ty::Text) => format!("length({name}) > 30"),
            (false, _) => format!("{name} is bug"),
        };
        let after = match (judged, self.choose(2)) {
            (true, 0) => "keep best",
            _ => "keep last",
        };
        let max = self.pick(&["max 2", "max size", "max 4"]);
        self.line(depth, &format!("loop until {until} {max} {{"));
        self.inner(|maker| {
            maker.scope.push(("round".into(), Ty::Int));
            maker.statements(depth + 1, 2);
            let arg = maker.expr(Ty::Text, 1);
            let arg = format!("\"${{{arg}}} ${{when previous.{name}}}again${{end}} ${{count(earlier)}}\"");
            maker.line(depth + 1, &format!("step {name} = {}({arg})", agent_of(ty)));
        });
        self.line(depth, &format!("}} otherwise {after}"));
        self.scope.push((name, ty));
    }

    /// An expression of a type; `depth` bounds how deep it goes.
    fn expr(&mut self, ty: Ty, depth: usize) -> String {
        let known: Vec<String> =
            self.scope.iter().filter(|(_, of)| *of == ty).map(|(name, _)| name.clone()).collect();
        let from_scope = !known.is_empty() && self.choose(3) > 0;
        if from_scope {
            let at = self.choose(known.len());
            return known[at].clone();
        }
        if depth == 0 || self.is_over() { self.literal(ty) } else { self.compound(ty, depth - 1) }
    }

    fn literal(&mut self, ty: Ty) -> String {
        let options: &[&str] = match ty {
            Ty::Int => &["0", "7", "1_000"],
            Ty::Number => &["0.5", "3.25", "0"],
            Ty::Bool => &["true", "false"],
            Ty::Text => &["\"tea\"", "\"\"", "\"two words\""],
            Ty::Level => &["Level.low", "Level.mid", "Level.high"],
            Ty::Kind => &["Kind.bug", "Kind.question"],
            Ty::Item => &["Item { name: \"x\", level: low, count: 1, parts: [] }"],
            Ty::Act => &["Search { query: \"x\" }", "Reply { answer: \"y\", sure: true }"],
            Ty::Date => &["date(\"2024-02-29\")", "today"],
            Ty::Grade => &["A", "F", "S"],
            Ty::Ints => &["[1, 2, 3]", "[5]", "range(1, 4)"],
            Ty::Texts => &["[\"a\", \"b\"]", "[\"c\"]"],
            Ty::Items => &["[Item { name: \"x\", level: high, count: 2, note: \"n\", parts: [1] }]"],
            Ty::MaybeInt => &["[1, 2][0]", "first([4])"],
            Ty::MaybeText => &["first([\"q\"])", "find(\"a1\", \"[0-9]\")"],
            Ty::MaybeItem => &["[Item { name: \"x\", level: low, count: 3, parts: [2] }][0]"],
        };
        self.pick(options).to_owned()
    }

    fn act(&mut self) -> String {
        self.expr(Ty::Act, 1)
    }

    fn compound(&mut self, ty: Ty, d: usize) -> String {
        if self.choose(6) == 5 {
            let (c, a, b) = (self.expr(Ty::Bool, d), self.expr(ty, d), self.expr(ty, d));
            return format!("(when {} then {} otherwise {})", in_parens(&c), in_parens(&a), in_parens(&b));
        }
        match ty {
            Ty::Int => self.int(d),
            Ty::Number => self.number(d),
            Ty::Bool => self.bool(d),
            Ty::Text => self.text(d),
            Ty::Item => {
                let (name, count) = (self.expr(Ty::Text, d), self.expr(Ty::Int, d));
                let (level, parts) = (self.expr(Ty::Level, d), self.expr(Ty::Ints, d));
                let note = self.expr(Ty::MaybeText, d);
                format!(
                    "Item {{ name: {name}, level: {level}, count: {count}, note: {note}, parts: {parts} }}"
                )
            }
            Ty::Act => {
                let (a, b) = (self.expr(Ty::Text, d), self.expr(Ty::Bool, d));
                format!("Reply {{ answer: {a}, sure: {b} }}")
            }
            Ty::Ints => self.ints(d),
            Ty::Texts => {
                let (items, text) = (self.expr(Ty::Items, d), self.expr(Ty::Text, d));
                let it = self.fresh();
                match self.choose(3) {
                    0 => format!("[{it}.name for {it} in {items} by {it}.level descending]"),
                    1 => format!("words({text})"),
                    _ => format!("present([{it}.note for {it} in {items}])"),
                }
            }
            Ty::Items => {
                let items = self.expr(Ty::Items, d);
                let level = self.expr(Ty::Level, d);
                let it = self.fresh();
                format!("[{it} for {it} in {items} when {it}.level >= {level} or {it}.note is none]")
            }
            Ty::MaybeInt => {
                let (xs, at) = (self.expr(Ty::Ints, d), self.expr(Ty::Int, d));
                match self.choose(3) {
                    0 => format!("{}[{at}]", in_parens(&xs)),
                    1 => format!("max({xs})"),
                    _ => format!("majority({xs})"),
                }
            }
            Ty::MaybeText => {
                let (item, texts) = (self.expr(Ty::MaybeItem, d), self.expr(Ty::Texts, d));
                match self.choose(2) {
                    0 => format!("{}.name", in_parens(&item)),
                    _ => format!("most_common({texts})"),
                }
            }
            Ty::MaybeItem => format!("first({})", self.expr(Ty::Items, d)),
            Ty::Level => format!(
                "(first({}) ?? Item {{ name: \"z\", level: mid, count: 0, parts: [] }}).level",
                self.expr(Ty::Items, d)
            ),
            Ty::Grade => {
                let bool = self.expr(Ty::Bool, d);
                format!("(when {} then A otherwise C)", in_parens(&bool))
            }
            Ty::Kind | Ty::Date => self.literal(ty),
        }
    }

    fn int(&mut self, d: usize) -> String {
        let (a, b) = (self.expr(Ty::Int, d), self.expr(Ty::Int, d));
        match self.choose(9) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("({a} * {b})"),
            3 => format!("({a} % {b})"),
            4 => format!("count({})", self.expr(Ty::Items, d)),
            5 => format!("({} ?? {a})", self.expr(Ty::MaybeInt, d)),
            6 => format!("sum({})", self.expr(Ty::Ints, d)),
            7 => format!("length({})", self.expr(Ty::Text, d)),
            _ => format!("(-{a})"),
        }
    }

    fn number(&mut self, d: usize) -> String {
        let (a, b) = (self.expr(Ty::Number, d), self.expr(Ty::Int, d));
        match self.choose(5) {
            0 => format!("({a} / {b})"),
            1 => format!("({a} + {b})"),
            2 => format!("({b} / {a})"),
            3 => format!("clamp({a}, 0, 1)"),
            _ => format!("(mean({}) ?? 0.5)", self.expr(Ty::Ints, d)),
        }
    }

    fn bool(&mut self, d: usize) -> String {
        let (a, b) = (self.expr(Ty::Bool, d), self.expr(Ty::Bool, d));
        match self.choose(9) {
            0 => format!("({a} and {b})"),
            1 => format!("({a} or not {b})"),
            2 => format!("({} < {})", self.expr(Ty::Int, d), self.expr(Ty::Number, d)),
            3 => format!("({} == {})", self.expr(Ty::Text, d), self.expr(Ty::Text, d)),
            4 => format!("({} in {})", self.expr(Ty::Int, d), self.expr(Ty::Ints, d)),
            5 => format!("({} is not none)", self.expr(Ty::MaybeText, d)),
            6 => format!("({} is bug)", self.expr(Ty::Kind, d)),
            7 => format!("({} >= {})", self.expr(Ty::Level, d), self.expr(Ty::Level, d)),
            _ => format!("contains({}, {})", self.expr(Ty::Text, d), self.expr(Ty::Text, d)),
        }
    }

    fn text(&mut self, d: usize) -> String {
        match self.choose(6) {
            0 => format!("upper({})", self.expr(Ty::Text, d)),
            1 => format!("join({}, \", \")", self.expr(Ty::Texts, d)),
            2 => format!("cut({}, words: 3)", self.expr(Ty::Text, d)),
            3 => format!("({} ?? {})", self.expr(Ty::MaybeText, d), self.expr(Ty::Text, d)),
            4 => {
                let ty = self.pick(&[Ty::Int, Ty::Number, Ty::Level, Ty::Item, Ty::Act, Ty::Items, Ty::Date]);
                let value = self.fresh_hole(ty);
                format!("\"so: ${{{value}}}\"")
            }
            _ => format!("to_json({})", self.expr(Ty::Item, d)),
        }
    }

    /// What stands in a hole of a one-line text: a name or a literal without quotes of its own is easiest to read.
    fn fresh_hole(&mut self, ty: Ty) -> String {
        self.expr(ty, 0)
    }

    fn ints(&mut self, d: usize) -> String {
        let xs = self.expr(Ty::Ints, d);
        match self.choose(7) {
            0 => format!("sort({xs})"),
            1 => format!("({xs} + {})", self.expr(Ty::Ints, d)),
            2 => {
                let n = self.fresh();
                format!("[{n} * 2 for {n} in {xs} when {n} > 1]")
            }
            3 => {
                let (it, items) = (self.fresh(), self.expr(Ty::Items, d));
                format!("flatten([{it}.parts for {it} in {items}])")
            }
            4 => format!("unique(reverse({xs}))"),
            5 => format!("flatten(batches({xs}, 2))"),
            _ => format!("take({xs}, 2)"),
        }
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
