//! Expressions of a type.

use super::{Maker, Ty, in_parens};

impl Maker<'_> {
    /// An expression of a type; `depth` bounds how deep it goes.
    pub(super) fn expr(&mut self, ty: Ty, depth: usize) -> String {
        let known = self.known(ty);
        if !known.is_empty() && self.choose(3) > 0 {
            let at = self.choose(known.len());
            return known[at].clone();
        }
        if depth == 0 || self.is_over() { self.literal(ty) } else { self.compound(ty, depth - 1) }
    }

    fn known(&self, ty: Ty) -> Vec<String> {
        self.scope.iter().filter(|name| name.ty == ty).map(|name| name.name.clone()).collect()
    }

    /// A plain name of a type, which a condition can narrow.
    fn name(&mut self, ty: Ty) -> Option<String> {
        let known: Vec<String> = self.known(ty).into_iter().filter(|name| !name.contains('.')).collect();
        let at = self.choose(known.len());
        known.get(at).cloned()
    }

    pub(super) fn literal(&mut self, ty: Ty) -> String {
        let options: &[&str] = match ty {
            Ty::Int => &["0", "7", "1_000"],
            Ty::Number => &["0.5", "3.25", "0"],
            Ty::Bool => &["true", "false"],
            Ty::Text => &["\"tea\"", "\"\"", "\"two words\"", "house"],
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
            Ty::Item => self.item(d),
            Ty::Act => {
                let (a, b) = (self.expr(Ty::Text, d), self.expr(Ty::Bool, d));
                format!("Reply {{ answer: {a}, sure: {b} }}")
            }
            Ty::Ints => self.ints(d),
            Ty::Texts => self.texts(d),
            Ty::Items => self.items(d),
            Ty::MaybeInt => self.maybe_int(d),
            Ty::MaybeText => self.maybe_text(d),
            Ty::MaybeItem => {
                let items = self.expr(Ty::Items, d);
                match self.choose(3) {
                    0 => format!("first({items})"),
                    1 => format!("worst({items})"),
                    _ => format!("last({items})"),
                }
            }
            Ty::Level => {
                let (items, it) = (self.expr(Ty::Items, d), self.fresh());
                match self.choose(2) {
                    0 => format!("(max([{it}.level for {it} in {items}]) ?? Level.low)"),
                    _ => format!(
                        "(first({items}) ?? Item {{ name: \"z\", level: mid, count: 0, parts: [] }}).level"
                    ),
                }
            }
            Ty::Grade => {
                let (bool, a, b) = (self.expr(Ty::Bool, d), self.expr(Ty::Grade, d), self.expr(Ty::Grade, d));
                match self.choose(2) {
                    0 => format!("(when {} then A otherwise C)", in_parens(&bool)),
                    _ => format!("(min([{a}, {b}]) ?? B)"),
                }
            }
            Ty::Kind => {
                let (a, b) = (self.expr(Ty::Kind, d), self.expr(Ty::Kind, d));
                format!("(majority([{a}, {b}]) ?? {a})")
            }
            Ty::Date => {
                let (a, b) = (self.expr(Ty::Date, d), self.expr(Ty::Date, d));
                format!("(max([{a}, {b}]) ?? today)")
            }
        }
    }

    fn item(&mut self, d: usize) -> String {
        let (name, count) = (self.expr(Ty::Text, d), self.expr(Ty::Int, d));
        let (level, parts) = (self.expr(Ty::Level, d), self.expr(Ty::Ints, d));
        let note = match self.choose(3) {
            2 => String::new(),
            _ => format!(" note: {},", self.expr(Ty::MaybeText, d)),
        };
        format!("Item {{ name: {name}, level: {level}, count: {count},{note} parts: {parts} }}")
    }

    fn int(&mut self, d: usize) -> String {
        let (a, b) = (self.expr(Ty::Int, d), self.expr(Ty::Int, d));
        match self.choose(18) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("({a} * {b})"),
            3 => format!("({a} % {b})"),
            4 => format!("count({})", self.expr(Ty::Items, d)),
            5 => format!("({} ?? {a})", self.expr(Ty::MaybeInt, d)),
            6 => format!("sum({})", self.expr(Ty::Ints, d)),
            7 => format!("length({})", self.expr(Ty::Text, d)),
            8 => format!("twice({a})"),
            9 => format!("round({})", self.expr(Ty::Number, d)),
            10 => format!("abs({a})"),
            11 => format!("clamp({a}, 1, 9)"),
            12 => format!("days_between({}, {})", self.expr(Ty::Date, d), self.expr(Ty::Date, d)),
            13 => format!("count(words({}))", self.expr(Ty::Text, d)),
            14 => match self.name(Ty::MaybeInt) {
                Some(name) => format!("(when {name} then {name} + 1 otherwise {})", self.literal(Ty::Int)),
                None => a,
            },
            15 => match self.name(Ty::Item) {
                Some(name) => format!("({name}.count + count({name}.parts))"),
                None => b,
            },
            16 => format!("count([{a}, {b}])"),
            _ => format!("(-{a})"),
        }
    }

    fn number(&mut self, d: usize) -> String {
        let (a, b) = (self.expr(Ty::Number, d), self.expr(Ty::Int, d));
        match self.choose(11) {
            0 => format!("({a} / {b})"),
            1 => format!("({a} + {b})"),
            2 => format!("({b} / {a})"),
            3 => format!("clamp({a}, 0, 1)"),
            4 => format!("round({a}, 2)"),
            5 => format!("agreement({})", self.expr(Ty::Texts, d)),
            6 => format!("sum([{a}, {b}])"),
            7 => format!("(max([{b}, {a}]) ?? 0)"),
            8 => format!("abs(-{a})"),
            9 => format!("(when {} then {a} otherwise {b})", in_parens(&self.expr(Ty::Bool, d))),
            _ => format!("(mean({}) ?? 0.5)", self.expr(Ty::Ints, d)),
        }
    }

    fn bool(&mut self, d: usize) -> String {
        let (a, b) = (self.expr(Ty::Bool, d), self.expr(Ty::Bool, d));
        match self.choose(18) {
            0 => format!("({a} and {b})"),
            1 => format!("({a} or not {b})"),
            2 => format!("({} < {})", self.expr(Ty::Int, d), self.expr(Ty::Number, d)),
            3 => format!("({} == {})", self.expr(Ty::Text, d), self.expr(Ty::Text, d)),
            4 => format!("({} in {})", self.expr(Ty::Int, d), self.expr(Ty::Ints, d)),
            // `is not none` would narrow a name to `none` elsewhere, where it cannot be asked for again.
            5 => format!("(({} ?? \"\") != \"\")", self.expr(Ty::MaybeText, d)),
            6 => format!("({} is bug)", self.expr(Ty::Kind, d)),
            7 => format!("({} >= {})", self.expr(Ty::Level, d), self.expr(Ty::Level, d)),
            8 => format!("starts_with({}, {})", self.expr(Ty::Text, d), self.expr(Ty::Text, d)),
            9 => format!("ends_with({}, {})", self.expr(Ty::Text, d), self.expr(Ty::Text, d)),
            10 => format!("matches({}, \"t.*\")", self.expr(Ty::Text, d)),
            11 => format!("({} < {})", self.expr(Ty::Date, d), self.expr(Ty::Date, d)),
            12 => format!("({} >= {})", self.expr(Ty::Grade, d), self.expr(Ty::Grade, d)),
            13 => format!("({} not in {})", self.expr(Ty::Text, d), self.expr(Ty::Texts, d)),
            14 => format!("({} == {})", self.expr(Ty::MaybeInt, d), self.expr(Ty::Int, d)),
            15 => match self.name(Ty::MaybeInt) {
                Some(name) => format!("({name} is not none and {name} > 3)"),
                None => a,
            },
            16 => match self.name(Ty::Act) {
                Some(name) => format!("({name} is Reply and {name}.sure)"),
                None => b,
            },
            _ => format!("contains({}, {})", self.expr(Ty::Text, d), self.expr(Ty::Text, d)),
        }
    }

    fn text(&mut self, d: usize) -> String {
        match self.choose(14) {
            0 => format!("upper({})", self.expr(Ty::Text, d)),
            1 => format!("join({}, \", \")", self.expr(Ty::Texts, d)),
            2 => format!("cut({}, words: 3)", self.expr(Ty::Text, d)),
            3 => format!("({} ?? {})", self.expr(Ty::MaybeText, d), self.expr(Ty::Text, d)),
            4 => {
                let ty = self.pick(&[Ty::Int, Ty::Number, Ty::Level, Ty::Item, Ty::Act, Ty::Items, Ty::Date]);
                // A name or a literal is easiest to read in a hole.
                format!("\"so: ${{{}}}\"", self.expr(ty, 0))
            }
            5 => format!("lower(trim({}))", self.expr(Ty::Text, d)),
            6 => format!("replace({}, \"t\", {})", self.expr(Ty::Text, d), self.expr(Ty::Text, d)),
            7 => format!("cut({}, chars: 4)", self.expr(Ty::Text, d)),
            8 => format!("(first(chunks({}, words: 2)) ?? \"nothing\")", self.expr(Ty::Text, d)),
            9 => format!("slug({})", self.expr(Ty::Text, d)),
            10 => match self.name(Ty::Act) {
                Some(name) => format!("(when {name} is Search then {name}.query otherwise asked({name}))"),
                None => "seed".to_owned(),
            },
            11 => match self.name(Ty::MaybeText) {
                Some(name) => {
                    format!("\"${{when {name}}}there is ${{{name}}}${{otherwise}}nothing${{end}}\"")
                }
                None => "\"${seed}\"".to_owned(),
            },
            12 => match self.name(Ty::Items) {
                Some(name) => {
                    let it = self.fresh();
                    format!("\"${{for {it} in {name}}}${{{it}.name}}, ${{end}}\"")
                }
                None => "\"${size} of ${seed}\"".to_owned(),
            },
            _ => format!("to_json({})", self.expr(Ty::Item, d)),
        }
    }

    fn ints(&mut self, d: usize) -> String {
        let xs = self.expr(Ty::Ints, d);
        match self.choose(11) {
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
            6 => format!("range({}, {})", self.expr(Ty::Int, d), self.expr(Ty::Int, d)),
            7 => format!("present([{}, {}])", self.expr(Ty::MaybeInt, d), self.expr(Ty::Int, d)),
            8 => {
                let n = self.fresh();
                format!("[length({n}) for {n} in {} by {n} descending]", self.expr(Ty::Texts, d))
            }
            9 => format!("take({xs}, {})", self.expr(Ty::Int, d)),
            _ => format!("take({xs}, 2)"),
        }
    }

    fn texts(&mut self, d: usize) -> String {
        let (items, text) = (self.expr(Ty::Items, d), self.expr(Ty::Text, d));
        let it = self.fresh();
        match self.choose(8) {
            0 => format!("[{it}.name for {it} in {items} by {it}.level descending]"),
            1 => format!("words({text})"),
            2 => format!("split({text}, \" \")"),
            3 => format!("lines({text})"),
            4 => format!("chunks({text}, words: 2)"),
            5 => format!("unique(sort({}))", self.expr(Ty::Texts, d)),
            6 => format!("[\"${{{it}.note}}\" for {it} in {items} when {it}.note]"),
            _ => format!("present([{it}.note for {it} in {items}])"),
        }
    }

    fn items(&mut self, d: usize) -> String {
        let (items, level) = (self.expr(Ty::Items, d), self.expr(Ty::Level, d));
        let it = self.fresh();
        match self.choose(5) {
            0 => format!("[{it} for {it} in {items} when {it}.level >= {level} or {it}.note is none]"),
            1 => format!("[{it} for {it} in {items} by {it}.count descending]"),
            2 => format!("reverse({items})"),
            3 => format!("flatten(batches({items}, 2))"),
            _ => format!("[{}, {}]", self.expr(Ty::Item, d), self.expr(Ty::Item, d)),
        }
    }

    fn maybe_int(&mut self, d: usize) -> String {
        let (xs, at) = (self.expr(Ty::Ints, d), self.expr(Ty::Int, d));
        match self.choose(7) {
            0 => format!("{}[{at}]", in_parens(&xs)),
            1 => format!("max({xs})"),
            2 => format!("min({xs})"),
            3 => format!("last({xs})"),
            4 => format!("most_common({xs})"),
            5 => format!("{}.count", in_parens(&self.expr(Ty::MaybeItem, d))),
            _ => format!("majority({xs})"),
        }
    }

    fn maybe_text(&mut self, d: usize) -> String {
        let (item, texts) = (self.expr(Ty::MaybeItem, d), self.expr(Ty::Texts, d));
        match self.choose(5) {
            0 => format!("{}.name", in_parens(&item)),
            1 => format!("find({}, \"[a-z]+\")", self.expr(Ty::Text, d)),
            2 => format!("majority({texts})"),
            3 => format!("{}.note", in_parens(&item)),
            _ => format!("most_common({texts})"),
        }
    }
}
