//! Statements: each writes its lines and binds its names.

use super::{ALL, Known, Maker, Ty, agent_of, in_parens, name_of};

impl Maker<'_> {
    pub(super) fn statements(&mut self, depth: usize, most: usize) {
        let count = 1 + self.choose(most);
        for _ in 0..count {
            if self.is_over() {
                break;
            }
            self.statement(depth);
        }
    }

    fn statement(&mut self, depth: usize) {
        let kinds = if depth > 3 { 6 } else { 18 };
        match self.choose(kinds) {
            0 => self.step(depth),
            1 => self.bind(depth),
            2 => self.step_with_fallback(depth),
            3 => self.tool(depth),
            4 => self.ask(depth),
            5 => self.require(depth),
            6 => self.when_condition(depth),
            7 => self.when_cases(depth),
            8 => self.parallel(depth),
            9 => self.each(depth),
            10 | 11 => self.repeat(depth),
            12 => self.when_present(depth),
            13 => self.judge(depth),
            14 => self.when_fails(depth),
            15 => self.call_workflow(depth),
            16 => self.summarise(depth),
            _ => self.data(depth),
        }
    }

    /// `after x`, where there is a step to name, one time in three.
    fn after(&mut self) -> String {
        let steps: Vec<String> =
            self.scope.iter().filter(|name| name.step).map(|name| name.name.clone()).collect();
        if steps.is_empty() || self.choose(3) != 2 {
            return String::new();
        }
        let at = self.choose(steps.len());
        format!(" after {}", steps[at])
    }

    fn step(&mut self, depth: usize) {
        let ty = self.pick(ALL);
        let arg = self.expr(Ty::Text, 1);
        let (name, after) = (self.fresh(), self.after());
        let tail = self.pick(&["", "", " @timeout(30s)", " @retry(2)"]);
        let text = match self.choose(5) {
            4 => format!("step {name}: {} = prompt \"Go on\"{after}", name_of(ty)),
            _ => format!("step {name} = {}({arg}){tail}{after}", agent_of(ty)),
        };
        self.line(depth, &text);
        self.bound_by_step(&name, ty);
    }

    fn bind(&mut self, depth: usize) {
        let ty = self.pick(ALL);
        let value = self.expr(ty, 3);
        let name = self.fresh();
        self.line(depth, &format!("let {name}: {} = {value}", name_of(ty)));
        self.bound(&name, ty);
    }

    /// What stands behind `on failure`: a `(` there would open a list of kinds.
    fn fallback(&mut self, ty: Ty) -> String {
        let named = match ty {
            Ty::Text => "\"${f.kind} at ${f.step}: ${f.message}\"",
            Ty::Int => "when f.kind is timeout then 1 otherwise 2",
            _ => "",
        };
        if !named.is_empty() && self.choose(2) == 1 {
            return format!(" on failure as f {named}");
        }
        let mut value = self.expr(ty, 1);
        if value.starts_with('(') {
            value = self.literal(ty);
        }
        let other = self.literal(ty);
        match self.choose(3) {
            0 => format!(" on failure {value}"),
            1 => format!(" on failure(timeout, invalid, unavailable) {value}"),
            _ => format!(" on failure(refused) {value} on failure {other}"),
        }
    }

    fn step_with_fallback(&mut self, depth: usize) {
        let ty = self.pick(&[Ty::Int, Ty::Text, Ty::Level, Ty::Ints, Ty::MaybeInt, Ty::MaybeItem, Ty::Act]);
        let arg = self.expr(Ty::Text, 1);
        let fallback = match (ty, self.choose(2)) {
            (Ty::MaybeInt | Ty::MaybeItem, 0) => " on failure none".to_owned(),
            _ => self.fallback(ty),
        };
        let name = self.fresh();
        self.line(depth, &format!("step {name}: {} = {}({arg}){fallback}", name_of(ty), agent_of(ty)));
        self.bound_by_step(&name, ty);
    }

    fn tool(&mut self, depth: usize) {
        let text = self.expr(Ty::Text, 1);
        let name = self.fresh();
        match self.choose(6) {
            0 => {
                self.line(depth, &format!("step {name} = load({text})"));
                self.bound_by_step(&name, Ty::Text);
            }
            1 => {
                self.line(depth, &format!("step {name} = hits({text}) on failure []"));
                self.bound_by_step(&name, Ty::Items);
            }
            2 => self.line(depth, &format!("step save({text}, {text})")),
            3 => self.line(depth, &format!("step tell({text}) on failure none")),
            4 => self.line(depth, &format!("step {name} = save({text}, \"x\")")),
            _ => {
                self.line(depth, &format!("step {name} = build({text})"));
                self.bound(&format!("{name}.code"), Ty::Int);
                self.bound(&format!("{name}.out"), Ty::Text);
            }
        }
    }

    fn ask(&mut self, depth: usize) {
        let ty = self.pick(&[Ty::Bool, Ty::Level, Ty::Text, Ty::Int, Ty::Date]);
        let name = self.fresh();
        let declared = if ty == Ty::Bool { String::new() } else { format!(": {}", name_of(ty)) };
        let tail = match self.choose(3) {
            0 => String::new(),
            1 => " to \"boss\" showing seed, hint".to_owned(),
            _ => format!(" @timeout(2d) on failure {}", self.literal(ty)),
        };
        self.line(depth, &format!("step {name}{declared} = ask \"What of ${{seed}}?\"{tail}"));
        self.bound_by_step(&name, ty);
    }

    /// A condition that may not hold, or, more often, one that always does; or that something is there, which narrows.
    fn require(&mut self, depth: usize) {
        let maybe = self.scope.iter().position(|name| {
            matches!(name.ty, Ty::MaybeInt | Ty::MaybeText | Ty::MaybeItem) && !name.name.contains('.')
        });
        if let Some(at) = maybe
            && self.choose(4) == 3
        {
            let name = self.scope[at].name.clone();
            self.line(
                depth,
                &format!("require {name} is not none otherwise \"{name} is missing in ${{seed}}\""),
            );
            self.scope[at].ty = present(self.scope[at].ty);
            return;
        }
        let condition = self.expr(Ty::Bool, 2);
        let safe = self.pick(&[" or size > 0", " or size > 0", ""]);
        self.line(
            depth,
            &format!("require {}{safe} otherwise \"${{seed}} is not enough\"", in_parens(&condition)),
        );
    }

    fn judge(&mut self, depth: usize) {
        let ty = self.pick(ALL);
        let work = self.expr(ty, 1);
        let name = self.fresh();
        self.line(depth, &format!("step {name} = fine({})", in_parens(&work)));
        let (grade, score) = (self.fresh(), self.fresh());
        self.line(depth, &format!("let {grade}: Grade = {name}.grade"));
        self.line(depth, &format!("let {score}: number = {name}.score"));
        self.bound(&grade, Ty::Grade);
        self.bound(&score, Ty::Number);
        self.bound(&format!("{name}.advice"), Ty::Text);
    }

    fn summarise(&mut self, depth: usize) {
        let (items, act) = (self.expr(Ty::Items, 1), self.expr(Ty::Act, 1));
        let name = self.fresh();
        let when = self.fresh();
        self.line(depth, &format!("let {when}: Act = {act}"));
        self.line(depth, &format!("step {name} = summary(act: {when}, items: {items}, when_due: today)"));
        self.bound_by_step(&name, Ty::Text);
    }

    /// A value as `json`, and read back.
    fn data(&mut self, depth: usize) {
        let ty = self.pick(ALL);
        let value = self.expr(ty, 2);
        let (json, text, read) = (self.fresh(), self.fresh(), self.fresh());
        self.line(depth, &format!("let {json}: json = {value}"));
        self.line(depth, &format!("let {text} = to_json({json})"));
        let of = self.pick(&[Ty::MaybeInt, Ty::MaybeText, Ty::MaybeItem]);
        let from = if self.choose(2) == 0 { &json } else { &text };
        self.line(depth, &format!("let {read}: {} = parse({from})", name_of(of)));
        self.bound(&text, Ty::Text);
        self.bound(&read, of);
    }

    fn call_workflow(&mut self, depth: usize) {
        let called = self.called.clone();
        if called.is_empty() || depth > 2 {
            return self.step(depth);
        }
        let at = self.choose(called.len());
        let (callee, ty) = called[at].clone();
        let (seed, hint) = (self.expr(Ty::Text, 1), self.expr(Ty::MaybeText, 1));
        let args = match self.choose(3) {
            0 => format!("({seed})"),
            1 => format!("(hint: {hint}, seed: {seed})"),
            _ => "(size: 2)".to_owned(),
        };
        let fallback = if self.choose(2) == 1 { self.fallback(ty) } else { String::new() };
        let name = self.fresh();
        self.line(depth, &format!("step {name}: {} = {callee}{args}{fallback}", name_of(ty)));
        self.bound_by_step(&name, ty);
    }

    fn when_condition(&mut self, depth: usize) {
        let condition = self.expr(Ty::Bool, 2);
        let ty = self.pick(ALL);
        let name = self.fresh();
        self.line(depth, &format!("when {} {{", in_parens(&condition)));
        self.inner(|maker| maker.branch(depth + 1, &name, ty));
        if self.choose(3) == 2 {
            let condition = self.expr(Ty::Bool, 1);
            self.line(depth, &format!("}} otherwise when {} {{", in_parens(&condition)));
            self.inner(|maker| maker.branch(depth + 1, &name, ty));
        }
        self.line(depth, "} otherwise {");
        self.inner(|maker| maker.branch(depth + 1, &name, ty));
        self.line(depth, "}");
        self.bound(&name, ty);
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

    /// A case that ends in `fail` takes nothing away from what the other binds.
    fn when_fails(&mut self, depth: usize) {
        let condition = self.expr(Ty::Bool, 2);
        let never = self.pick(&[" and size > 9", ""]);
        let ty = self.pick(ALL);
        let name = self.fresh();
        self.line(depth, &format!("when {}{never} {{", in_parens(&condition)));
        self.line(depth + 1, "fail \"${seed} cannot be used\"");
        self.line(depth, "} otherwise {");
        self.inner(|maker| maker.branch(depth + 1, &name, ty));
        self.line(depth, "}");
        self.bound(&name, ty);
    }

    fn when_cases(&mut self, depth: usize) {
        let (ty, cases) = match self.choose(5) {
            0 => (Ty::Kind, &["is bug", "is feature, question"][..]),
            1 => (Ty::Level, &["is low", "is mid", "otherwise"][..]),
            2 => (Ty::Bool, &["is true", "is false"][..]),
            3 => (Ty::Grade, &["is S, A", "is F", "otherwise"][..]),
            _ => (Ty::Act, &["is Search", "is Reply"][..]),
        };
        let value = self.expr(ty, 1);
        let subject = self.fresh();
        self.line(depth, &format!("let {subject}: {} = {value}", name_of(ty)));
        let name = self.fresh();
        self.line(depth, &format!("when {subject} {{"));
        for case in cases {
            self.line(depth + 1, &format!("{case} {{"));
            self.inner(|maker| maker.statements(depth + 2, 2));
            let value = match *case {
                "is Search" => format!("{subject}.query"),
                "is Reply" => format!("{subject}.answer"),
                _ => self.expr(Ty::Text, 1),
            };
            self.line(depth + 2, &format!("let {name} = {value}"));
            self.line(depth + 1, "}");
        }
        self.line(depth, "}");
        self.bound(&subject, ty);
        self.bound(&name, Ty::Text);
    }

    fn when_present(&mut self, depth: usize) {
        let ty = self.pick(&[Ty::MaybeInt, Ty::MaybeText, Ty::MaybeItem]);
        let value = self.expr(ty, 1);
        let (subject, name) = (self.fresh(), self.fresh());
        self.line(depth, &format!("let {subject}: {} = {value}", name_of(ty)));
        self.line(depth, &format!("when {subject} {{"));
        self.inner(|maker| {
            maker.bound(&subject, present(ty));
            maker.statements(depth + 1, 2);
            let value = maker.expr(Ty::Text, 1);
            maker.line(depth + 1, &format!("step {name} = a_text({value}, advice: {value})"));
        });
        self.line(depth, "}");
        self.bound(&subject, ty);
        self.bound(&name, Ty::MaybeText);
    }

    fn parallel(&mut self, depth: usize) {
        let cap = self.pick(&["", "1 at once "]);
        self.line(depth, &format!("parallel {cap}{{"));
        let known = self.scope.clone();
        let mut bound = Vec::new();
        for _ in 0..2 + self.choose(2) {
            let arm = self.inner(|maker| match maker.choose(5) {
                0 => maker.step(depth + 1),
                1 => maker.step_with_fallback(depth + 1),
                2 => maker.tool(depth + 1),
                3 => maker.when_condition(depth + 1),
                _ => maker.call_workflow(depth + 1),
            });
            bound.extend(arm);
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
        let over = match self.choose(3) {
            0 => source.clone(),
            1 => format!("take({source}, 2)"),
            _ => format!("unique({source})"),
        };
        let (name, rows) = (self.fresh(), self.fresh());
        let give = self.pick(&[Ty::Int, Ty::Text, Ty::Item, Ty::MaybeText]);
        self.line(depth, &format!("{head} {name} in {over} as {rows} {{"));
        self.inner(|maker| {
            maker.bound(&name, item);
            maker.bound("index", Ty::Int);
            maker.statements(depth + 1, 2);
            let value = maker.expr(give, 2);
            maker.line(depth + 1, &format!("give {value}"));
        });
        self.line(depth, "}");
        let listed = match give {
            Ty::Int => Ty::Ints,
            Ty::Item => Ty::Items,
            Ty::Text => Ty::Texts,
            _ => {
                let there = self.fresh();
                self.line(depth, &format!("let {there} = present({rows})"));
                return self.bound(&there, Ty::Texts);
            }
        };
        self.bound_by_step(&rows, listed);
    }

    fn repeat(&mut self, depth: usize) {
        let (ty, name) = (self.pick(&[Ty::Int, Ty::Text, Ty::Kind]), self.fresh());
        let judged = self.choose(2) == 1;
        let until = match (judged, ty) {
            (true, Ty::Kind) => format!("fine({name}) >= A and {name} is bug"),
            (true, _) => format!("fine({name}) >= B"),
            (false, Ty::Int) => format!("{name} > 2"),
            (false, Ty::Text) => format!("length({name}) > 30"),
            (false, _) => format!("{name} is bug or count(earlier) > 1"),
        };
        let gate = self.fresh();
        let tail = match (judged, self.choose(4)) {
            (true, 0) => "keep best".to_owned(),
            (_, 3) => format!("fail \"${{{gate}.rounds}} rounds, and ${{{name}}}\""),
            (_, 2) => "{".to_owned(),
            _ => "keep last".to_owned(),
        };
        let max = self.pick(&[" max 2", " max size", " max 4", ""]);
        self.line(depth, &format!("loop until {until}{max} as {gate} {{"));
        let bound = self.inner(|maker| maker.round(depth + 1, &name, ty, judged));
        self.line(depth, &format!("}} otherwise {tail}"));
        if tail == "{" {
            let why = self.fresh();
            self.line(depth + 1, &format!("step {why} = a_text(\"why ${{{name}}}\")"));
            self.line(depth + 1, &format!("fail \"${{{why}}} after ${{{gate}.rounds}}\""));
            self.line(depth, "}");
        }
        for Known { name, declared, step, .. } in bound {
            if name != "round" && !name.contains('.') {
                self.scope.push(Known { name, ty: declared, declared, step });
            }
        }
        self.bound(&format!("{gate}.rounds"), Ty::Int);
        self.bound(&format!("{gate}.passed"), Ty::Bool);
        if judged {
            self.bound(&format!("{gate}.review.grade"), Ty::Grade);
        }
        if ty == Ty::Int {
            let history = self.fresh();
            self.line(depth, &format!("let {history} = [t.{name} for t in {gate}.tries]"));
            self.bound(&history, Ty::Ints);
        }
    }

    /// The body of a loop, which looks back at the rounds before.
    fn round(&mut self, depth: usize, name: &str, ty: Ty, judged: bool) {
        self.bound("round", Ty::Int);
        self.statements(depth, 2);
        let arg = self.expr(Ty::Text, 1);
        let look = match (judged, self.choose(3)) {
            (true, 0) => "${when previous}${previous.review.advice}${end}".to_owned(),
            (_, 1) => format!("${{[e.{name} for e in earlier]}}"),
            _ => format!("${{when previous.{name}}}again ${{previous.{name}}}${{end}}"),
        };
        let shown = format!("\"${{{arg}}} {look} ${{count(earlier)}}\"");
        self.line(depth, &format!("step {name} = {}({shown})", agent_of(ty)));
        self.bound_by_step(name, ty);
    }
}

/// What an optional is where it is known to be there.
fn present(ty: Ty) -> Ty {
    match ty {
        Ty::MaybeInt => Ty::Int,
        Ty::MaybeText => Ty::Text,
        Ty::MaybeItem => Ty::Item,
        other => other,
    }
}
