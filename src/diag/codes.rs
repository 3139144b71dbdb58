use std::fmt;
use std::str::FromStr;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The script cannot run.
    Error,
    /// The script runs, and most likely not as meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

macro_rules! codes {
    ($($number:literal $name:ident $severity:ident $title:literal)*) => {
        /// A code of the registry. Append-only: a number is never given to something else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the title beside each code is its documentation")]
        pub enum Code { $($name,)* }

        impl Code {
            /// All codes, in the order of their numbers.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The number as it is shown: `AF0402`.
            pub const fn number(self) -> &'static str {
                match self { $(Code::$name => concat!("AF", $number),)* }
            }

            /// The code's name in kebab case is what a suppression names: `unused-step`.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$name => stringify!($name),)* }
            }

            /// The title of its page.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// The severity that it has unless a flag says otherwise.
            pub const fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// The page that `agentflow explain` prints.
            pub const fn page(self) -> &'static str {
                match self { $(Code::$name => include_str!(concat!("pages/AF", $number, ".md")),)* }
            }
        }
    };
}

codes! {
    // 00 lexical
    "0001" NotUtf8 Error "the file is not UTF-8"
    "0002" FileTooLarge Error "the file is larger than 4 MB"
    "0003" StrangeCharacter Error "a character that has no meaning here"
    "0004" UnclosedText Error "a text has no end"
    "0005" WrongQuotes Error "a text stands between double quotes"
    "0006" WrongComment Error "a comment begins with `//`"
    "0007" Semicolon Error "no semicolons"
    "0008" UnknownEscape Error "an escape that means nothing"
    "0009" BlockTextShape Error "a block text stands between two lines of its own"
    "0010" BlockTextIndent Error "a line of a block text is indented too little"
    "0011" BadNumber Error "not a number that can be written here"
    "0012" NameStyle Error "a name in another style"
    "0013" ReservedWord Error "a keyword as a name"
    "0014" HoleInPlainText Error "a plain text with a hole"
    "0015" EmptyFile Error "the file is empty"
    "0016" NulByte Error "a NUL byte in the file"

    // 01 syntax
    "0101" Expected Error "something is missing"
    "0102" Unexpected Error "something stands where nothing is expected"
    "0103" UnclosedBlock Error "a `}` is missing"
    "0104" UnclosedBracket Error "a `)` or `]` is missing"
    "0105" StrayCloser Error "a bracket that closes nothing"
    "0106" OperatorAtLineStart Error "an operator begins a line"
    "0107" BraceOnNextLine Error "a `{` on a line of its own"
    "0108" NotADeclaration Error "this is no declaration"
    "0109" NotAStatement Error "this is no statement"
    "0110" ForeignWord Error "a word or sign of another language"
    "0111" AssignInExpression Error "`=` where values are compared"
    "0112" ChainedComparison Error "comparisons do not chain"
    "0113" NotBehindOperator Error "`not` behind an operator"
    "0114" OtherwiseInExpression Error "`otherwise` behind a value"
    "0115" NoMethods Error "values have no methods"
    "0116" RecordInParens Error "a record is written with braces"
    "0117" MissingComma Error "a `,` is missing"
    "0118" ExtraComma Error "a `,` too many"
    "0119" OnOneLine Error "two things on one line"
    "0120" OptionalLast Error "`?` comes last"
    "0121" TemplateBlock Error "a block of a template that does not fit"
    "0122" ForeignTemplate Error "a hole of another template language"
    "0123" UnclosedHole Error "a hole has no end"
    "0124" StepWithoutCall Error "a step without a call"
    "0125" CallInLet Error "asking is a step"
    "0126" CallOutsideStep Error "a call without `step`"
    "0127" BoundWithoutWord Error "a name is bound without `step` or `let`"
    "0128" NotInTest Error "a statement in a test"
    "0129" MissingBrace Error "a `{` is missing"
    "0130" Twice Error "something stands twice"
    "0131" TooDeep Error "nested too deeply"
    "0132" TooManyErrors Error "more that cannot be read"

    // 02 modules
    "0201" Unreadable Error "a file cannot be read"
    "0202" NotDeclaredThere Error "a file does not declare what is taken from it"
    "0203" ImportCircle Error "files import each other in a circle"
    "0204" UnusedImport Warning "an import is never used"

    // 03 names
    "0301" UnknownName Error "there is no value of this name"
    "0302" UnknownCallable Error "there is nothing of this name to call"
    "0303" UnknownType Error "there is no type of this name"
    "0304" DeclaredTwice Error "two declarations have one name"
    "0305" NameTaken Error "a name is bound where it is visible already"
    "0306" BuiltInName Error "a type has the name of a built-in one"
    "0307" AmbiguousVariant Error "a word is a value and a variant"
    "0308" UnknownVariant Error "an enum has no such variant"
    "0309" UnknownField Error "there is no such field"
    "0310" OutOfReach Error "a name lives in a scope that is closed"
    "0311" VariantAlone Error "nothing says which enum a variant is of"
    "0312" NotAValue Error "a name stands for something that is no value"
    "0313" NotHere Error "a word means nothing in this place"
    "0314" HidesFunction Warning "a name hides a built-in function"
    "0315" ConstantCircle Error "constants need each other in a circle"
    "0316" RecursiveTool Error "a pure tool calls itself"

    // 04 graph
    "0401" UsedAboveBinding Error "a name is used above its binding"
    "0402" WaitForEachOther Error "statements wait for each other"
    "0403" WorkflowCircle Error "workflows call each other in a circle"
    "0404" NotAfter Error "nothing can come after this"
    "0405" StepNameTwice Error "two steps have one name"
    "0406" ArmUsesArm Error "an arm of a parallel uses another arm"
    "0407" OtherCase Error "a name is bound in another case"
    "0408" NoArm Error "this cannot be an arm of a parallel"
    "0410" FunctionInStep Error "a function needs no step"
    "0411" GivesNothing Error "a step returns nothing"
    "0412" OnlyForAsk Error "this is said to a person only"
    "0413" NoForm Error "a person cannot fill this in"
    "0414" HandlerUnreachable Error "a failure is handled already"
    "0415" UnknownFailureKind Error "there is no such kind of failure"
    "0416" SaidTwice Error "a part of a question stands twice"
    "0417" EmptyBlock Error "a block holds no statement"
    "0420" NotLast Error "this is the last statement"
    "0421" ReturnMissing Error "a workflow ends without return"
    "0422" ReturnWithoutType Error "a workflow returns a value that its head does not declare"
    "0423" GivePlace Error "give ends the body of a for"
    "0424" GiveAndAs Error "as and give come both or not at all"
    "0430" NoCases Error "a value has no closed list of cases"
    "0431" MissingCases Error "a when does not cover every case"
    "0432" CaseTwice Error "a case is covered already"
    "0433" OtherwiseTwice Error "otherwise stands once"
    "0440" LoopMax Error "a loop needs a maximum from 1 on"
    "0441" KeepBestWithoutRubric Error "keep best needs a rubric"
    "0442" TailWithoutFail Error "the otherwise of a loop ends in fail"
    "0443" TypeNeedsItself Error "a type needs itself"
    "0444" ReviewTaken Error "a judge is called review"
    "0450" UnknownAnnotation Error "there is no such annotation"
    "0451" AnnotationPlace Error "an annotation stands where it means nothing"
    "0452" AnnotationTwice Error "an annotation stands twice"
    "0453" AnnotationArgument Error "an annotation has the wrong argument"
    "0460" TestRuns Error "a test runs one workflow"
    "0461" NotGiven Error "this cannot be given"
    "0462" GivenAgain Error "a call is given twice"
    "0463" NotWatched Error "nothing of this name runs"

    // 05 types
    "0501" WrongType Error "a value is of another type"
    "0502" HoldsItself Error "a type holds itself without an end"
    "0503" MixedAlternatives Error "a type is neither an enum nor a union"
    "0504" NotARecord Error "a record is expected"
    "0505" WrongBound Error "a bound that cannot be"
    "0506" FieldMissing Error "a record lacks a field"
    "0507" NoMeeting Error "values do not meet in one type"
    "0508" TypeNeeded Error "nothing says which type is meant"
    "0509" NoCondition Error "this is no condition"
    "0510" OptionalCondition Error "a bool that may be absent is no condition"
    "0511" OptionalInText Error "a text has a hole that may be absent"
    "0512" OptionalUsed Error "a value may be absent where one is needed"
    "0513" ComparedWithNone Error "a value is compared with none"
    "0514" NeverEqual Error "values of different types are compared"
    "0515" NoOrder Error "a type has no order"
    "0516" WrongOperand Error "an operator has no meaning for a value"
    "0517" TextPlus Error "texts are joined by holes"
    "0518" FieldOfUnion Error "a field of a union is read before it is known which record it is"
    "0519" WrongPattern Error "a value is never what is asked"
    "0520" BoundTooWide Error "a value does not keep the bound that is expected"
    "0521" WrongArguments Error "arguments do not go with what is called"
    "0522" ArgumentMissing Error "an argument is missing"
    "0523" GivenTwice Error "something is given twice"
    "0524" StepInExpression Error "a step stands in an expression"
    "0525" SecondJudge Error "a loop has two judges"
    "0526" PlainText Error "a plain text with a hole in it"
    "0527" NotAList Error "a list is expected"
    "0528" WrongItems Error "a list has items that the function does not take"
    "0529" WrongLiteral Error "a literal is not what it should be"
    "0530" PromptMissing Error "an agent has no prompt"
    "0531" PartTwice Error "a part stands twice"
    "0532" NotATool Error "an agent is given something that is no tool"
    "0540" RubricResult Error "a rubric declares a result"
    "0541" RubricEmpty Error "a rubric or a dimension judges nothing"
    "0542" WrongWeight Error "a weight that cannot be"
    "0543" WrongFloor Error "a floor that is no grade"
    "0544" WrongCheck Error "a check is neither a bool nor a number 0..1"
    "0550" ToolBody Error "a tool does not do one thing"
    "0551" ToolEffect Error "the effect of a tool does not go with its body"
    "0552" ToolResult Error "the body of a tool does not give that result"
    "0553" WrongCommand Error "a command is not a list of a program and its arguments"
    "0554" WrongAddress Error "an address without scheme and host"
    "0555" WrongHeader Error "a header that cannot be sent"
    "0556" WrongRequest Error "a part that does not go with the request"

    // 06 lints
    "0601" UnusedStep Warning "nothing reads what a step gives"
    "0602" UnusedLet Warning "nothing reads a let"
    "0603" UnusedParameter Warning "a parameter is never used"
    "0604" UnusedDeclaration Warning "a declaration is never used"
    "0606" StepReachesNothing Warning "an answer reaches nothing"
    "0607" AlwaysTrue Warning "a condition is always true"
    "0608" Unreachable Warning "this is never reached"
    "0609" LoopCannotChange Warning "no round changes a loop's condition"
    "0612" SameQuestion Warning "a loop asks the same question each round"
    "0613" KeepBestWithEffects Warning "keep best around a body that changes the world"
    "0614" CapTooLarge Warning "a cap holds nothing back"
    "0615" RunArgumentHole Warning "a hole begins an argument of run"
    "0616" CodeIgnored Warning "nobody looks at an exit code"
    "0650" StrayDoc Warning "a doc comment that belongs to nothing"
    "0651" NeverAbsent Warning "what is always there is asked for"
    "0652" CountedByModel Warning "a model is asked to count"
    "0653" UselessAllowance Warning "a comment allows nothing"
    "0654" AllowedWithoutReason Warning "a warning is allowed without a reason"

    // 07 effects and bounds
    "0701" NoKnownMaximum Error "a fan-out has no known maximum"
    "0702" ArgumentWithoutMaximum Error "an argument has no known maximum"
    "0704" ModelInTierZero Error "a model is called below @tier(0)"
    "0705" TooManyCalls Error "a workflow can make too many calls"

    // 08 configuration
    "0801" ConfigUnreadable Error "the configuration cannot be read"
    "0802" ConfigSyntax Error "the configuration is no TOML"
    "0803" UnknownSetting Error "the configuration has no such key"
    "0804" BadSetting Error "a setting has a value that does not fit"
    "0805" UnknownProvider Error "no provider has this name"
    "0806" UnknownProfile Error "no profile has this name"
    "0807" KeyInConfiguration Error "a key stands in the configuration"
    "0808" NoUsableModel Error "no model can be asked"

    // 09 run faults
    "0901" RunTimeout Error "a deadline passed"
    "0902" RunRateLimited Error "a vendor's rate limit held for too long"
    "0903" RunUnavailable Error "no candidate answered"
    "0904" RunExhausted Error "the account is out of credit"
    "0905" RunRefused Error "a model refused"
    "0906" RunTooLong Error "something is too long"
    "0907" RunInvalid Error "no usable answer came"
    "0908" RunToolFailed Error "a tool failed"
    "0909" RunOverBudget Error "a budget does not allow it"
    "0910" RunDenied Error "keys or permissions do not allow it"
    "0911" RunArithmetic Error "a number cannot be computed"
    "0912" RunFailed Error "the workflow said that it fails"

    // 10 journal
}

impl Code {
    /// The name as a suppression writes it: `unused-step`.
    pub fn slug(self) -> String {
        let mut out = String::new();
        for letter in self.name().chars() {
            if letter.is_uppercase() && !out.is_empty() {
                out.push('-');
            }
            out.extend(letter.to_lowercase());
        }
        out
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.number())
    }
}

/// A text that names no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such code")]
pub struct UnknownCode;

impl FromStr for Code {
    type Err = UnknownCode;

    /// Reads `AF0402`, `0402` or `unused-step`, in any case.
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let wanted = text.to_lowercase();
        let digits = wanted.trim_start_matches("af");
        let matches = |code: &&Code| code.number().get(2..) == Some(digits) || code.slug() == wanted;
        Code::ALL.iter().find(matches).copied().ok_or(UnknownCode)
    }
}
