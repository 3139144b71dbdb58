use super::Mini;
use super::tokens::{Token, tokens};
use agentflow::plan::{TextMax, TextUnit, Type};

/// Reads types from tokens.
pub struct TypeReader<'a> {
    mini: &'a Mini,
    tokens: Vec<Token>,
    at: usize,
}

impl Mini {
    /// The type that a text writes.
    pub fn ty(&self, text: &str) -> Type {
        let mut reader = TypeReader { mini: self, tokens: tokens(text), at: 0 };
        let ty = reader.ty();
        assert_eq!(reader.peek(), &Token::End, "behind the type {text}");
        ty
    }

    /// `name: type, …`
    pub fn named_types(&self, text: &str) -> Vec<(String, Type)> {
        let mut reader = TypeReader { mini: self, tokens: tokens(text), at: 0 };
        let mut found = Vec::new();
        while let Token::Word(name) = reader.next() {
            assert!(reader.eat(":"), "a colon behind {name}");
            let ty = reader.ty();
            found.push((name, ty));
            reader.eat(",");
        }
        found
    }
}

impl TypeReader<'_> {
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
        if found {
            self.at += 1;
        }
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(it) if it == word);
        if found {
            self.at += 1;
        }
        found
    }

    fn ty(&mut self) -> Type {
        let ty = if self.eat("[") {
            let item = self.ty();
            assert!(self.eat("]"));
            let max = self.eat_word("max").then(|| self.count());
            Type::List(Box::new(item), max)
        } else {
            let Token::Word(name) = self.next() else { panic!("a type's name") };
            self.named(&name)
        };
        if self.eat("?") { Type::Optional(Box::new(ty)) } else { ty }
    }

    fn named(&mut self, name: &str) -> Type {
        match name {
            "text" => Type::Text(self.eat_word("max").then(|| {
                let count = self.count();
                let unit = if self.eat_word("words") { TextUnit::Words } else { TextUnit::Chars };
                if unit == TextUnit::Chars {
                    assert!(self.eat_word("chars"));
                }
                TextMax { count, unit }
            })),
            "int" => Type::Int(self.range().map(|(low, high)| (low.parse().unwrap(), high.parse().unwrap()))),
            "number" => {
                Type::Number(self.range().map(|(low, high)| (low.parse().unwrap(), high.parse().unwrap())))
            }
            "bool" => Type::Bool,
            "date" => Type::Date,
            "json" => Type::Json,
            "Grade" => Type::Grade,
            "one_of" => {
                let mut members = Vec::new();
                while let Token::Word(name) = self.peek().clone() {
                    self.at += 1;
                    members.push(self.mini.find_type(&name).unwrap());
                }
                Type::OneOf(members)
            }
            name => Type::Named(self.mini.find_type(name).unwrap_or_else(|| panic!("no type {name}"))),
        }
    }

    fn count(&mut self) -> u64 {
        let Token::Int(count) = self.next() else { panic!("a count") };
        count.parse().unwrap()
    }

    fn range(&mut self) -> Option<(String, String)> {
        let low = self.end()?;
        assert!(self.eat(".."));
        Some((low, self.end().expect("the end of a range")))
    }

    fn end(&mut self) -> Option<String> {
        let before = self.at;
        let sign = if self.eat("-") { "-" } else { "" };
        match self.peek().clone() {
            Token::Int(digits) | Token::Number(digits) => {
                self.at += 1;
                Some(format!("{sign}{digits}"))
            }
            _ => {
                self.at = before;
                None
            }
        }
    }
}
