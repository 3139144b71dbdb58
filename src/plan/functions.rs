use super::Function;

/// What is said of a built-in function (L5.2): in editors, in the documentation, and to the tests.
#[derive(Clone, Copy, Debug)]
pub struct FunctionDoc {
    /// Which.
    pub function: Function,
    /// Its parameters and result; `T` is any type, `T?` an optional.
    pub signature: &'static str,
    /// What it gives.
    pub does: &'static str,
    /// What it does at its edges.
    pub edges: &'static str,
    /// Expressions, and what they are the same as.
    pub examples: &'static [(&'static str, &'static str)],
}

impl Function {
    /// What is said of this function.
    pub fn doc(self) -> &'static FunctionDoc {
        const NONE: &FunctionDoc =
            &FunctionDoc { function: Function::Count, signature: "", does: "", edges: "", examples: &[] };
        FUNCTIONS.iter().find(|doc| doc.function == self).unwrap_or(NONE)
    }
}

macro_rules! functions {
    ($($function:ident $signature:literal $does:literal $edges:literal { $($example:literal = $same:literal;)* })*) => {
        /// Every built-in function, in the order of L5.2.
        static FUNCTIONS: [FunctionDoc; Function::ALL.len()] = [$(FunctionDoc {
            function: Function::$function,
            signature: $signature,
            does: $does,
            edges: $edges,
            examples: &[$(($example, $same)),*],
        }),*];
    };
}

functions! {
    Count "count(xs: [T]) -> int"
        "How many items a list has."
        "An item that is `none` counts." {
        "count([3, 4])" = "2";
        "count([none, 4])" = "2";
        "count([])" = "0";
    }
    Sum "sum(xs: [int]) -> int, sum(xs: [number]) -> number"
        "The sum of all items."
        "0 for an empty list. A sum that is too large fails as `arithmetic`." {
        "sum([1, 2, 3])" = "6";
        "sum([0.1, 0.2])" = "0.3";
        "sum([])" = "0";
    }
    Mean "mean(xs: [number]) -> number?"
        "The sum of all items divided by their count, with 28 digits."
        "`none` for an empty list." {
        "mean([1, 2])" = "1.5";
        "mean([1, 1, 2]) ?? 0.0" = "1.333333333333333333333333333";
        "mean([]) is none" = "true";
    }
    Min "min(xs: [T]) -> T?"
        "The least item of a list of an ordered type: `int number text date Grade` or an ordered enum."
        "`none` for an empty list; of equal items the first." {
        "min([3, 1, 2])" = "1";
        "min([B, S, C])" = "C";
        "min([]) is none" = "true";
    }
    Max "max(xs: [T]) -> T?"
        "The greatest item of a list of an ordered type."
        "`none` for an empty list; of equal items the first." {
        "max([3, 1, 2])" = "3";
        "max([\"a\", \"Z\"])" = "\"a\"";
        "max([low, high, medium])" = "high";
    }
    First "first(xs: [T]) -> T?"
        "The first item."
        "`none` for an empty list." {
        "first([3, 4])" = "3";
        "first([]) is none" = "true";
    }
    Last "last(xs: [T]) -> T?"
        "The last item."
        "`none` for an empty list." {
        "last([3, 4])" = "4";
        "last([]) is none" = "true";
    }
    Sort "sort(xs: [T]) -> [T]"
        "The items of an ordered type from the least to the greatest."
        "Texts by code points, so capitals come first. Equal items keep their order." {
        "sort([3, 1, 2])" = "[1, 2, 3]";
        "sort([\"b\", \"a\", \"B\"])" = "[\"B\", \"a\", \"b\"]";
    }
    Reverse "reverse(xs: [T]) -> [T]"
        "The items from the last to the first."
        "An empty list stays empty." {
        "reverse([1, 2, 3])" = "[3, 2, 1]";
    }
    Unique "unique(xs: [T]) -> [T]"
        "The items without those that came before."
        "The first of equal items stays, in its place; `1` and `1.0` are equal." {
        "unique([2, 1, 2])" = "[2, 1]";
        "unique([1.0, 1])" = "[1.0]";
    }
    Flatten "flatten(xss: [[T]]) -> [T]"
        "The items of all lists in a list."
        "One level; empty lists leave nothing." {
        "flatten([[1], [], [2, 3]])" = "[1, 2, 3]";
    }
    Present "present(xs: [T?]) -> [T]"
        "The items that are there."
        "Zero, false and an empty text are there; only `none` is dropped." {
        "present([1, none, 0])" = "[1, 0]";
    }
    Take "take(xs: [T], n: int) -> [T]"
        "The first n items."
        "All of them where there are fewer; none where n is 0 or less." {
        "take([1, 2, 3], 2)" = "[1, 2]";
        "take([1], 9)" = "[1]";
        "take([1], -1)" = "[]";
    }
    Batches "batches(xs: [T], n: int) -> [[T]]"
        "The items in lists of n; the last list may be shorter."
        "No list for no items. An n below 1 fails as `invalid`." {
        "batches([1, 2, 3], 2)" = "[[1, 2], [3]]";
        "batches([], 2)" = "[]";
    }
    Range "range(from: int, to: int) -> [int]"
        "The whole numbers from the first to the second, both included."
        "Empty where the second is less than the first." {
        "range(1, 3)" = "[1, 2, 3]";
        "range(3, 3)" = "[3]";
        "range(3, 1)" = "[]";
    }
    Majority "majority(xs: [T]) -> T?"
        "What more than half of the votes say."
        "`none` where there is no such vote. `none` is not a vote; texts compare trimmed and case-folded, and the first \
         of them is given." {
        "majority([bug, bug, feature])" = "bug";
        "majority([bug, feature]) is none" = "true";
        "majority([none, none, bug])" = "bug";
        "majority([\" Yes\", \"yes\", \"no\"])" = "\" Yes\"";
    }
    MostCommon "most_common(xs: [T]) -> T?"
        "What most votes say."
        "Of several the one that was seen first; `none` for no votes. Votes compare as in `majority`." {
        "most_common([1, 2, 2, 3])" = "2";
        "most_common([2, 1, 1, 2])" = "2";
        "most_common([]) is none" = "true";
    }
    Agreement "agreement(xs: [T]) -> number"
        "The share of votes that say the most common, from 0 to 1."
        "0 for no votes. Votes compare as in `majority`." {
        "agreement([bug, bug, feature, bug])" = "0.75";
        "agreement([none])" = "0.0";
        "agreement([\"yes\", \"YES \"])" = "1.0";
    }
    Words "words(t: text) -> [text]"
        "The words of a text: runs without white space."
        "An empty list for an empty text." {
        "words(\" one\\ttwo\\n\")" = "[\"one\", \"two\"]";
        "words(\"\")" = "[]";
    }
    Lines "lines(t: text) -> [text]"
        "The lines of a text, without their line breaks."
        "A line break at the end begins no line; an empty text has none." {
        "lines(\"a\\n\\nb\\n\")" = "[\"a\", \"\", \"b\"]";
        "lines(\"\")" = "[]";
    }
    Split "split(t: text, sep: text) -> [text]"
        "The parts between the separators."
        "An empty text has one empty part. An empty separator splits into characters." {
        "split(\"a,b,,c\", \",\")" = "[\"a\", \"b\", \"\", \"c\"]";
        "split(\"\", \",\")" = "[\"\"]";
        "split(\"äb\", \"\")" = "[\"ä\", \"b\"]";
    }
    Join "join(xs: [text], sep: text) -> text"
        "The texts with the separator between them."
        "An empty text for an empty list." {
        "join([\"a\", \"b\"], \", \")" = "\"a, b\"";
        "join([], \", \")" = "\"\"";
    }
    Length "length(t: text) -> int"
        "How many characters (code points) a text has."
        "Not bytes, and not what a reader sees as one letter." {
        "length(\"äöü\")" = "3";
        "length(\"\")" = "0";
    }
    Trim "trim(t: text) -> text"
        "A text without white space at its ends."
        "White space is that of Unicode, line breaks included." {
        "trim(\" a b\\n\")" = "\"a b\"";
    }
    Upper "upper(t: text) -> text"
        "A text in capitals, by the rules of Unicode."
        "It may grow: `ß` becomes `SS`." {
        "upper(\"straße\")" = "\"STRASSE\"";
    }
    Lower "lower(t: text) -> text"
        "A text in small letters, by the rules of Unicode."
        "Digits and signs stay." {
        "lower(\"ÄB-1\")" = "\"äb-1\"";
    }
    Contains "contains(t: text, part: text) -> bool"
        "Whether a text holds another one."
        "Case counts. Every text holds the empty one." {
        "contains(\"a risk\", \"risk\")" = "true";
        "contains(\"a risk\", \"Risk\")" = "false";
        "contains(\"\", \"\")" = "true";
    }
    StartsWith "starts_with(t: text, part: text) -> bool"
        "Whether a text begins with another one."
        "Case counts; white space counts." {
        "starts_with(\"risk: low\", \"risk\")" = "true";
        "starts_with(\" risk\", \"risk\")" = "false";
    }
    EndsWith "ends_with(t: text, part: text) -> bool"
        "Whether a text ends with another one."
        "Case counts; white space counts." {
        "ends_with(\"main.rs\", \".rs\")" = "true";
    }
    Replace "replace(t: text, old: text, new: text) -> text"
        "A text in which every `old` is `new`."
        "From the left, and what was put in is not looked at again. An empty `old` changes nothing." {
        "replace(\"a-b-c\", \"-\", \" \")" = "\"a b c\"";
        "replace(\"aaa\", \"aa\", \"a\")" = "\"aa\"";
        "replace(\"abc\", \"\", \"x\")" = "\"abc\"";
    }
    Matches "matches(t: text, pattern: text) -> bool"
        "Whether a regular expression is found anywhere in a text."
        "`^` and `$` mean the whole text; `(?i)` forgets case. In linear time, so without back-references and look-around. \
         A pattern that is none fails as `invalid`." {
        "matches(\"issue 42\", \"[0-9]+\")" = "true";
        "matches(\"issue 42\", \"^[0-9]+$\")" = "false";
    }
    Find "find(t: text, pattern: text) -> text?"
        "The first part of a text that a regular expression matches."
        "`none` where there is none; the whole match, whatever groups it has." {
        "find(\"issue 42 and 7\", \"[0-9]+\")" = "\"42\"";
        "find(\"issue\", \"[0-9]+\") is none" = "true";
    }
    Cut "cut(t: text, words: int) -> text, cut(t: text, chars: int) -> text"
        "The first n words or characters of a text, white space between the words as it is."
        "The whole text where it is shorter; an empty one where n is 0 or less. The result has the bound." {
        "cut(\"one  two three\", words: 2)" = "\"one  two\"";
        "cut(\"äöü\", chars: 2)" = "\"äö\"";
        "cut(\"one\", words: 5)" = "\"one\"";
        "cut(\"one\", words: 0)" = "\"\"";
    }
    Chunks "chunks(t: text, words: int) -> [text], chunks(t: text, chars: int) -> [text]"
        "A text in pieces of n words or characters; the last may be shorter."
        "White space between two pieces of words is dropped. No piece for an empty text. An n below 1 fails as `invalid`." {
        "chunks(\"a b c\", words: 2)" = "[\"a b\", \"c\"]";
        "chunks(\"abc\", chars: 2)" = "[\"ab\", \"c\"]";
        "chunks(\"\", words: 2)" = "[]";
    }
    Round "round(x: number) -> int, round(x: number, digits: int) -> number"
        "The nearest whole number, or the nearest with so many digits behind the point."
        "A half goes to the even neighbour. Negative digits round before the point." {
        "round(2.5)" = "2";
        "round(3.5)" = "4";
        "round(-2.5)" = "-2";
        "round(1.005, 2)" = "1.0";
        "round(1234.0, -2)" = "1200.0";
    }
    Abs "abs(x: int) -> int, abs(x: number) -> number"
        "A number without its sign."
        "Of the least int it fails as `arithmetic`." {
        "abs(-3)" = "3";
        "abs(-0.5)" = "0.5";
    }
    Clamp "clamp(x: int, low: int, high: int) -> int, clamp(x: number, low: number, high: number) -> number"
        "The nearest number from low to high. With constants the result has the range."
        "A low end above the high one fails as `invalid`." {
        "clamp(12, 1, 10)" = "10";
        "clamp(0.5, 0.0, 1.0)" = "0.5";
    }
    Parse "parse(x: text) -> T?, parse(x: json) -> T?"
        "A text that is JSON, or a `json`, as a value of the declared type: `let o: Order? = parse(reply)`."
        "`none` where it is no JSON, or where any part, bound or `require` does not fit. Fields that the type does not have \
         are ignored." {
    }
    ToJson "to_json(x: T) -> text"
        "A value as JSON on one line, with its exact digits."
        "An absent optional is `null`; a member of a union has its record's name under `type`." {
        "to_json([1, 2.50, 0.1])" = "\"[1,2.5,0.1]\"";
        "to_json(high)" = "\"\\\"high\\\"\"";
        "to_json(none)" = "\"null\"";
    }
    DaysBetween "days_between(a: date, b: date) -> int"
        "Days from the first day to the second."
        "Negative where the second is earlier." {
        "days_between(date(\"2024-02-28\"), date(\"2024-03-01\"))" = "2";
        "days_between(date(\"2025-03-01\"), date(\"2025-02-28\"))" = "-1";
    }
    Date "date(t: text) -> date"
        "The day that a text names as `2025-03-01`."
        "A text that names no day of the calendar fails as `invalid`; in a script it is an error." {
        "date(\"2024-02-29\") < date(\"2024-03-01\")" = "true";
    }
}
