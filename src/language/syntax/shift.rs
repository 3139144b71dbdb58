//! A declaration at another place of its file: the same tree, every span moved by as much.

use super::ast::{
    Action, Address, Agent, AgentProperty, Annotation, AnnotationArg, Arg, Arm, BinaryOp, Block, Bound,
    BoundKind, Call, Comprehension, Constant, Criterion, Dimension, DimensionBody, Doc, Effect, EffectKind,
    Expect, ExpectKind, Expr, ExprKind, Fail, Field, FieldInit, For, Give, Given, GivenAnswer, Head, Http,
    Import, Is, Item, JsonObject, JsonPair, JsonValue, Let, Literal, Loop, LoopOtherwise, Name, OnFailure,
    Otherwise, Parallel, Param, Pattern, PatternKind, Range, Require, Return, Rubric, RubricItem, Separator,
    Step, Stmt, Test, TestItem, Text, TextPart, TextSource, TextStyle, TextUnit, Tool, ToolBody,
    ToolBodyKind, TypeBody, TypeDecl, TypeExpr, TypeExprKind, UnaryOp, Use, UseSource, Variant, When,
    WhenBody, WhenExpr, Workflow,
};
use crate::base::{Decimal, Span};
use smol_str::SmolStr;
use std::sync::Arc;

/// A part of a tree that can stand elsewhere.
pub(super) trait Shift {
    /// Moves every span by so many bytes; to the front by a number that wraps around.
    fn shift(&mut self, by: u32);
}

impl Shift for Span {
    fn shift(&mut self, by: u32) {
        self.start = self.start.wrapping_add(by);
        self.end = self.end.wrapping_add(by);
    }
}

impl<T: Shift> Shift for Option<T> {
    fn shift(&mut self, by: u32) {
        self.iter_mut().for_each(|it| it.shift(by));
    }
}

impl<T: Shift> Shift for Vec<T> {
    fn shift(&mut self, by: u32) {
        self.iter_mut().for_each(|it| it.shift(by));
    }
}

/// What is shared is copied, unless it stays where it is.
impl<T: Shift + Clone> Shift for Arc<T> {
    fn shift(&mut self, by: u32) {
        if by != 0 {
            Arc::make_mut(self).shift(by);
        }
    }
}

impl<T: Shift> Shift for Box<T> {
    fn shift(&mut self, by: u32) {
        (**self).shift(by);
    }
}

impl<A: Shift, B: Shift> Shift for (A, B) {
    fn shift(&mut self, by: u32) {
        self.0.shift(by);
        self.1.shift(by);
    }
}

/// What has no place.
macro_rules! placeless {
    ($($ty:ident)*) => {$(
        impl Shift for $ty {
            fn shift(&mut self, _: u32) {}
        }
    )*};
}

/// All fields of a struct; one that is left out does not compile.
macro_rules! records {
    ($($ty:ident { $($field:ident),* })*) => {$(
        impl Shift for $ty {
            fn shift(&mut self, by: u32) {
                let Self { $($field),* } = self;
                $($field.shift(by);)*
            }
        }
    )*};
}

/// All variants of an enum with all that they hold; one that is left out does not compile.
macro_rules! choices {
    ($($ty:ident { $($variant:ident $(($($part:ident),*))? $({ $($field:ident),* })?),* })*) => {$(
        impl Shift for $ty {
            fn shift(&mut self, by: u32) {
                match self {
                    $(Self::$variant $(($($part),*))? $({ $($field),* })? => {
                        let _ = by;
                        $($($part.shift(by);)*)?
                        $($($field.shift(by);)*)?
                    })*
                }
            }
        }
    )*};
}

placeless! {
    bool i64 u64 Decimal SmolStr BinaryOp EffectKind Separator TextStyle TextUnit UnaryOp
}

records! {
    Agent { head, properties }
    Annotation { span, name, args }
    Arg { span, name, value }
    Arm { span, patterns, body }
    Block { span, stmts }
    Bound { span, kind }
    Call { span, callee, args }
    Comprehension { give, item, list, filter, key, descending }
    Constant { span, doc, name, ty, value }
    Dimension { span, name, weight, body }
    Doc { span, text }
    Effect { span, kind, resource }
    Expect { span, kind }
    Expr { span, kind }
    Fail { span, message }
    Field { span, doc, name, ty }
    FieldInit { span, name, value }
    For { span, keyword, parallel, item, list, rows, body }
    Give { span, value }
    Given { span, target, answers }
    Head { span, keyword, doc, name, params, result, annotations, end }
    Http { method, address, headers, body, pick }
    Import { name, alias }
    Is { value, negated, pattern }
    JsonObject { span, pairs }
    JsonPair { key, value }
    Let { span, name, ty, value }
    Literal { span, value, whole }
    Loop { span, keyword, until, max, name, body, otherwise }
    Name { text, span }
    OnFailure { span, kinds, binder, value }
    Parallel { span, keyword, cap, body }
    Param { span, doc, name, ty, default }
    Pattern { span, kind }
    Range { span, low, high }
    Require { span, keyword, condition, message }
    Return { span, value }
    Rubric { head, items }
    Step { span, keyword, name, ty, action, to, showing, annotations, after, on_failure }
    Test { span, title, items }
    Text { span, style, parts }
    Tool { head, effect, bodies }
    ToolBody { span, kind }
    TypeDecl { span, doc, name, body }
    TypeExpr { span, kind }
    Use { span, source, imports }
    Variant { doc, name }
    When { span, keyword, subject, body }
    WhenExpr { condition, then, otherwise }
    Workflow { head, body }
}

choices! {
    Action { Call(call), Prompt(word, text), Ask(word, text), Missing(span) }
    Address { Url(text), Secret(text) }
    AgentProperty { Role(word, text), Prompt(word, text), Tools(word, names) }
    AnnotationArg { Range(low, high, span), Duration(time, span), Money(sum, span), Expr(value) }
    BoundKind { Int(value), Name(name), Missing }
    Criterion { Question(text), Check(word, value) }
    DimensionBody { Described(text), Criteria(all), Missing }
    ExpectKind {
        Ran { negated, name }, Skipped { negated, name }, Failed { negated, name },
        RanTimes { negated, name, times }, Fails { text }, Prompt { negated, name, text }, Holds(value),
        Missing
    }
    ExprKind {
        Missing, Text(text), Int(value), Number(value), Bool(value), None, Name(name), TypeName(name),
        Field(value, name), Index(value, at), Call(call), Record(name, fields), List(items),
        Comprehension(it), When(it), Unary(op, span, value), Binary(op, span, left, right), Is(it),
        Paren(inner)
    }
    GivenAnswer { Value(value), Sample(span), Fails(word, kind) }
    Item {
        Use(it), Type(it), Agent(it), Rubric(it), Tool(it), Workflow(it), Test(it), Let(it), Bad(span)
    }
    JsonValue { Expr(value), Object(object), Secret(text) }
    LoopOtherwise { Fail(word, fail), KeepBest(word), KeepLast(word), Block(word, block) }
    Otherwise { When(word, when), Block(word, block) }
    PatternKind { Missing, None, Bool(value), Variant(name), Type(name), Qualified(ty, name) }
    RubricItem { Require(it), Floor(word, grade), Dimension(it) }
    Stmt {
        Step(it), Let(it), When(it), Parallel(it), For(it), Loop(it), Require(it), Fail(it), Return(it),
        Give(it), Bad(span, block)
    }
    TestItem { Given(it), Run(word, call), Expect(it), Bad(stmt) }
    TextPart {
        Chars(chars, span), Hole(value, span), For { span, item, list, body },
        When { span, condition, then, otherwise }
    }
    TextSource { Inline(text), File(text), Missing(span) }
    ToolBodyKind {
        Read(path), Write(path, text), Run { command, directory, stdin }, Http(it), Mcp(server, tool),
        Return(value)
    }
    TypeBody { Record { fields, requires }, Alternatives { variants, separators }, Missing }
    TypeExprKind { Missing, Text(max), Int(range), Number(range), List(item, max), Optional(inner), Named(name) }
    UseSource { Module(words, span), File(text), Missing(span) }
    WhenBody { Condition { then, otherwise, extra }, Cases { span, arms, otherwise, extra } }
}
