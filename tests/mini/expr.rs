use super::Mini;
use super::tokens::{Token, tokens};
use agentflow::plan::{
    ArithmeticOp, CompareOp, Expr, ExprId, Function, Grade, Literal, Pattern, Piece, TextUnit, Type, TypeId,
    TypeKind, VarId,
};

/// An expression and its type, as far as it matters for the operators.
type Typed = (ExprId, Type);

struct Reader<'a> {
    mini: &'a mut Mini,
    tokens: Vec<Token>,
    at: usize,
}

impl Mini {
    /// The expression that a text writes.
    pub fn expr(&mut self, text: &str) -> ExprId {
        self.typed(text).0
    }

    fn typed(&mut self, text: &str) -> Typed {
        let mut reader = Reader { mini: self, tokens: tokens(text), at: 0 };
        let found = reader.expr();
        assert_eq!(reader.peek(), &Token::End, "behind the expression {text}");
        found
    }

    /// A text with holes, `${expr}` or `${expr : type}`, and blocks.
    pub fn template(&mut self, text: &str) -> ExprId {
        let mut rest = text;
        let pieces = self.pieces(&mut rest);
        assert!(rest.is_empty(), "an end too many in {text}");
        self.push(Expr::Text(pieces))
    }

    /// Pieces up to the end of the block or of the text; the marker that ends them is left.
    fn pieces(&mut self, rest: &mut &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let Some(start) = rest.find("${") else {
                pieces.push(Piece::Chars((*rest).into()));
                *rest = "";
                break;
            };
            if start > 0 {
                pieces.push(Piece::Chars(rest[..start].into()));
            }
            *rest = &rest[start..];
            if rest.starts_with("${end}") || rest.starts_with("${otherwise}") {
                break;
            }
            let end = rest.find('}').expect("the end of a hole");
            let hole = rest[2..end].to_owned();
            *rest = &rest[end + 1..];
            pieces.push(self.piece(&hole, rest));
        }
        pieces
    }

    fn piece(&mut self, hole: &str, rest: &mut &str) -> Piece {
        if let Some(each) = hole.strip_prefix("for ") {
            let (name, list) = each.split_once(" in ").unwrap();
            let (list, ty) = self.typed(list);
            let item = self.name(name, item_of(&ty));
            let body = self.pieces(rest);
            self.names.pop();
            *rest = rest.strip_prefix("${end}").expect("the end of a block");
            return Piece::For { item, list, body };
        }
        if let Some(condition) = hole.strip_prefix("when ") {
            let condition = self.expr(condition);
            let then = self.pieces(rest);
            let mut otherwise = Vec::new();
            if let Some(behind) = rest.strip_prefix("${otherwise}") {
                *rest = behind;
                otherwise = self.pieces(rest);
            }
            *rest = rest.strip_prefix("${end}").expect("the end of a block");
            return Piece::When { condition, then, otherwise };
        }
        match hole.split_once(" : ") {
            Some((expr, ty)) => {
                let ty = self.ty(ty);
                Piece::Hole(self.expr(expr), ty)
            }
            None => {
                let (expr, ty) = self.typed(hole);
                Piece::Hole(expr, ty)
            }
        }
    }
}

fn item_of(ty: &Type) -> Type {
    if let Type::List(item, _) = ty { item.as_ref().clone() } else { Type::Json }
}

fn list_of(ty: Type) -> Type {
    Type::List(Box::new(ty), None)
}

fn optional(ty: Type) -> Type {
    if matches!(ty, Type::Optional(_)) { ty } else { Type::Optional(Box::new(ty)) }
}

fn is_int(ty: &Type) -> bool {
    match ty {
        Type::Int(_) => true,
        Type::Optional(inner) => is_int(inner),
        _ => false,
    }
}

impl Reader<'_> {
    fn peek(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(it) if *it == sign);
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, sign: &str) {
        assert!(self.eat(sign), "expected {sign}, found {:?}", self.peek());
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(it) if it == word);
        self.at += usize::from(found);
        found
    }

    fn expr(&mut self) -> Typed {
        if self.eat_word("when") {
            let (condition, _) = self.or();
            assert!(self.eat_word("then"));
            let (then, ty) = self.or();
            assert!(self.eat_word("otherwise"));
            let (otherwise, _) = self.expr();
            return (self.mini.push(Expr::When(condition, then, otherwise)), ty);
        }
        self.or()
    }

    fn or(&mut self) -> Typed {
        let mut left = self.and();
        while self.eat_word("or") {
            let right = self.and();
            left = (self.mini.push(Expr::Or(left.0, right.0)), Type::Bool);
        }
        left
    }

    fn and(&mut self) -> Typed {
        let mut left = self.not();
        while self.eat_word("and") {
            let right = self.not();
            left = (self.mini.push(Expr::And(left.0, right.0)), Type::Bool);
        }
        left
    }

    fn not(&mut self) -> Typed {
        if self.eat_word("not") {
            let (inner, _) = self.not();
            return (self.mini.push(Expr::Not(inner)), Type::Bool);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Typed {
        let left = self.sum();
        let op = match self.peek() {
            Token::Sign("==") => CompareOp::Equal,
            Token::Sign("!=") => CompareOp::NotEqual,
            Token::Sign("<=") => CompareOp::LessEqual,
            Token::Sign(">=") => CompareOp::GreaterEqual,
            Token::Sign("<") => CompareOp::Less,
            Token::Sign(">") => CompareOp::Greater,
            _ => return self.word_operator(left),
        };
        self.at += 1;
        let right = self.sum();
        (self.mini.push(Expr::Compare(op, left.0, right.0)), Type::Bool)
    }

    fn word_operator(&mut self, left: Typed) -> Typed {
        if self.eat_word("in") {
            let right = self.sum();
            return (self.mini.push(Expr::In(left.0, right.0)), Type::Bool);
        }
        if matches!(self.peek(), Token::Word(word) if word == "not") {
            self.at += 1;
            assert!(self.eat_word("in"));
            let right = self.sum();
            let found = self.mini.push(Expr::In(left.0, right.0));
            return (self.mini.push(Expr::Not(found)), Type::Bool);
        }
        if !self.eat_word("is") {
            return left;
        }
        let negated = self.eat_word("not");
        let pattern = self.pattern();
        let is = self.mini.push(Expr::Is(left.0, pattern));
        let is = if negated { self.mini.push(Expr::Not(is)) } else { is };
        (is, Type::Bool)
    }

    fn pattern(&mut self) -> Pattern {
        let Token::Word(word) = self.next() else { panic!("a pattern") };
        match word.as_str() {
            "none" => Pattern::None,
            "true" => Pattern::Bool(true),
            "false" => Pattern::Bool(false),
            word => match (word.parse::<Grade>(), self.mini.variant(word)) {
                (Ok(grade), _) => Pattern::Grade(grade),
                (_, Some((ty, position))) => Pattern::Variant(ty, position),
                _ => Pattern::Member(self.mini.find_type(word).unwrap()),
            },
        }
    }

    fn sum(&mut self) -> Typed {
        let mut left = self.product();
        loop {
            let op = match self.peek() {
                Token::Sign("+") => ArithmeticOp::Add,
                Token::Sign("-") => ArithmeticOp::Subtract,
                _ => return left,
            };
            self.at += 1;
            let right = self.product();
            left = if matches!(left.1, Type::List(..)) {
                (self.mini.push(Expr::Concat(left.0, right.0)), left.1)
            } else {
                self.arithmetic(op, left, right)
            };
        }
    }

    fn product(&mut self) -> Typed {
        let mut left = self.unary();
        loop {
            let op = match self.peek() {
                Token::Sign("*") => ArithmeticOp::Multiply,
                Token::Sign("/") => ArithmeticOp::Divide,
                Token::Sign("%") => ArithmeticOp::Remainder,
                _ => return left,
            };
            self.at += 1;
            let right = self.unary();
            left = self.arithmetic(op, left, right);
        }
    }

    fn arithmetic(&mut self, op: ArithmeticOp, left: Typed, right: Typed) -> Typed {
        if op != ArithmeticOp::Divide && is_int(&left.1) && is_int(&right.1) {
            return (self.mini.push(Expr::Int(op, left.0, right.0)), Type::Int(None));
        }
        (self.mini.push(Expr::Number(op, left.0, right.0)), Type::Number(None))
    }

    fn unary(&mut self) -> Typed {
        if self.eat("-") {
            let (inner, ty) = self.unary();
            return (self.mini.push(Expr::Negate(inner)), ty);
        }
        let left = self.postfix();
        if self.eat("??") {
            let right = self.unary();
            return (self.mini.push(Expr::Else(left.0, right.0)), right.1);
        }
        left
    }

    fn postfix(&mut self) -> Typed {
        let mut left = self.primary();
        loop {
            if self.eat(".") {
                let Token::Word(name) = self.next() else { panic!("a field's name") };
                let (position, ty) = self.mini.field(&left.1, &name);
                left = (self.mini.push(Expr::Field(left.0, position)), ty);
            } else if self.eat("[") {
                let (index, _) = self.expr();
                self.need("]");
                let ty = optional(item_of(&left.1));
                left = (self.mini.push(Expr::Index(left.0, index)), ty);
            } else {
                return left;
            }
        }
    }

    fn primary(&mut self) -> Typed {
        match self.next() {
            Token::Int(digits) => self.literal(Literal::Int(digits.parse().unwrap()), Type::Int(None)),
            Token::Number(digits) => {
                self.literal(Literal::Number(digits.parse().unwrap()), Type::Number(None))
            }
            Token::Text(text) => (self.mini.template(&text), Type::Text(None)),
            Token::Sign("(") => {
                let inner = self.expr();
                self.need(")");
                inner
            }
            Token::Sign("[") => self.list(),
            Token::Word(word) => self.word(&word),
            other => panic!("no expression begins with {other:?}"),
        }
    }

    fn literal(&mut self, literal: Literal, ty: Type) -> Typed {
        (self.mini.push(Expr::Literal(literal)), ty)
    }

    fn list(&mut self) -> Typed {
        if self.eat("]") {
            return (self.mini.push(Expr::List(Vec::new())), list_of(Type::Int(None)));
        }
        if let Some(found) = self.comprehension() {
            return found;
        }
        let mut items = Vec::new();
        let mut ty = None;
        while !self.eat("]") {
            let (item, item_type) = self.expr();
            items.push(item);
            ty = ty.or(Some(item_type));
            self.eat(",");
        }
        (self.mini.push(Expr::List(items)), list_of(ty.unwrap()))
    }

    /// `[give for x in xs when c by k descending]`: the name is read first, so that what is given can use it.
    fn comprehension(&mut self) -> Option<Typed> {
        let start = self.at;
        let mut depth = 0_i32;
        let mut at = start;
        loop {
            match &self.tokens[at] {
                Token::Sign("[" | "(" | "{") => depth += 1,
                Token::Sign("]" | ")" | "}") if depth == 0 => return None,
                Token::Sign("]" | ")" | "}") => depth -= 1,
                Token::Word(word) if word == "for" && depth == 0 => break,
                Token::End => return None,
                _ => {}
            }
            at += 1;
        }
        self.at = at + 1;
        let Token::Word(name) = self.next() else { panic!("a name") };
        assert!(self.eat_word("in"));
        let (list, ty) = self.or();
        let item = self.mini.name(&name, item_of(&ty));
        let filter = self.eat_word("when").then(|| self.or().0);
        let key = self.eat_word("by").then(|| self.or().0);
        let descending = self.eat_word("descending");
        self.need("]");
        let end = std::mem::replace(&mut self.at, start);
        let (give, give_type) = self.expr();
        self.at = end;
        self.mini.names.pop();
        let expr = Expr::Comprehension { item, list, filter, key, descending, give };
        Some((self.mini.push(expr), list_of(give_type)))
    }

    fn word(&mut self, word: &str) -> Typed {
        if self.eat("(") {
            return self.call(word);
        }
        if let Some(id) = self.mini.find_type(word).filter(|_| self.eat("{")) {
            return self.record(id);
        }
        match word {
            "none" => return self.literal(Literal::None, Type::Optional(Box::new(Type::Int(None)))),
            "true" | "false" => return self.literal(Literal::Bool(word == "true"), Type::Bool),
            _ => {}
        }
        let named = self.mini.names.iter().rev().find(|(name, ..)| name == word).cloned();
        if let Some((_, var, ty)) = named {
            return (self.mini.push(Expr::Var(var)), ty);
        }
        if let Ok(grade) = word.parse::<Grade>() {
            return self.literal(Literal::Grade(grade), Type::Grade);
        }
        let (ty, position) = self.mini.variant(word).unwrap_or_else(|| panic!("no name {word}"));
        self.literal(Literal::Variant(ty, position), Type::Named(ty))
    }

    fn record(&mut self, id: TypeId) -> Typed {
        let mut given: Vec<(String, ExprId)> = Vec::new();
        while !self.eat("}") {
            let Token::Word(name) = self.next() else { panic!("a field's name") };
            self.need(":");
            given.push((name, self.expr().0));
            self.eat(",");
        }
        let TypeKind::Record { fields, .. } = self.mini.plan.types[id.index()].kind.clone() else {
            panic!("no record")
        };
        let fields = fields
            .iter()
            .map(|field| {
                let found = given.iter().find(|(name, _)| *name == field.name);
                found.map_or_else(|| self.mini.push(Expr::Literal(Literal::None)), |(_, expr)| *expr)
            })
            .collect();
        (self.mini.push(Expr::Record(id, fields)), Type::Named(id))
    }

    fn call(&mut self, name: &str) -> Typed {
        if name == "parse" {
            let (value, _) = self.expr();
            let Token::Word(to) = self.next() else { panic!("`parse(x to \"type\")`") };
            assert_eq!(to, "to");
            let Token::Text(ty) = self.next() else { panic!("a type in quotes") };
            self.need(")");
            let ty = self.mini.ty(&ty);
            return (self.mini.push(Expr::Parse(value, ty.clone())), optional(ty));
        }
        let mut args = Vec::new();
        let mut unit = TextUnit::Words;
        while !self.eat(")") {
            let named = matches!(self.tokens.get(self.at + 1), Some(Token::Sign(":")));
            if named {
                unit = if self.eat_word("words") { TextUnit::Words } else { TextUnit::Chars };
                self.at += usize::from(unit == TextUnit::Chars) + 1;
            }
            args.push(self.expr());
            self.eat(",");
        }
        let ids: Vec<ExprId> = args.iter().map(|(id, _)| *id).collect();
        let function: Function = name.parse().unwrap_or_else(|_| panic!("no function {name}"));
        let first = args.first().map_or(Type::Bool, |(_, ty)| ty.clone());
        let expr = match (function, ids.as_slice()) {
            (Function::Cut, [text, count]) => Expr::Cut(*text, unit, *count),
            (Function::Chunks, [text, count]) => Expr::Chunks(*text, unit, *count),
            (Function::ToJson, [one]) => Expr::ToJson(*one, first.clone()),
            _ => Expr::Call(function, ids),
        };
        let ty = result_type(function, &first, args.len());
        (self.mini.push(expr), ty)
    }
}

/// The result's type, as far as operators ask for it.
fn result_type(function: Function, first: &Type, count: usize) -> Type {
    use Function as F;
    match function {
        F::Count | F::Length | F::DaysBetween => Type::Int(None),
        F::Round if count == 1 => Type::Int(None),
        F::Round | F::Mean | F::Agreement => Type::Number(None),
        F::Sum => item_of(first),
        F::Min | F::Max | F::First | F::Last | F::Majority | F::MostCommon => optional(item_of(first)),
        F::Flatten => item_of(first),
        F::Batches => list_of(first.clone()),
        F::Range => list_of(Type::Int(None)),
        F::Words | F::Lines | F::Split | F::Chunks => list_of(Type::Text(None)),
        F::Join | F::Trim | F::Upper | F::Lower | F::Replace | F::Cut | F::Find | F::ToJson => {
            Type::Text(None)
        }
        F::Contains | F::StartsWith | F::EndsWith | F::Matches => Type::Bool,
        F::Date => Type::Date,
        _ => first.clone(),
    }
}

impl Mini {
    fn variant(&self, name: &str) -> Option<(TypeId, u32)> {
        self.plan.types.iter().enumerate().skip(6).find_map(|(id, decl)| {
            let TypeKind::Enum { variants, .. } = &decl.kind else { return None };
            let position = variants.iter().position(|variant| variant.name == name)?;
            Some((TypeId(u32::try_from(id).unwrap()), u32::try_from(position).unwrap()))
        })
    }

    fn field(&self, ty: &Type, name: &str) -> (u32, Type) {
        let (id, is_optional) = match ty {
            Type::Named(id) => (*id, false),
            Type::Optional(inner) => match inner.as_ref() {
                Type::Named(id) => (*id, true),
                other => panic!("{other:?} has no fields"),
            },
            other => panic!("{other:?} has no fields"),
        };
        let TypeKind::Record { fields, .. } = &self.plan.types[id.index()].kind else { panic!("no record") };
        let position = fields.iter().position(|field| field.name == name).expect("the field");
        let ty = fields[position].ty.clone();
        (u32::try_from(position).unwrap(), if is_optional { optional(ty) } else { ty })
    }
}

/// Used by suites that make variables by hand.
pub fn var(id: u32) -> VarId {
    VarId(id)
}
