;;; agentflow-mode.el --- Major mode for AgentFlow scripts  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages

;;; Commentary:

;; Colours, indentation and comments for .agentflow files, and the language server through eglot.

;;; Code:

(defgroup agentflow nil
  "AgentFlow scripts."
  :group 'languages)

(defcustom agentflow-program "agentflow"
  "The program that checks and runs scripts."
  :type 'string)

(defcustom agentflow-indent 2
  "How far a block is indented."
  :type 'integer
  :safe #'integerp)

(defvar agentflow-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?_ "w" table)
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    (modify-syntax-entry ?$ "." table)
    (modify-syntax-entry ?@ "." table)
    table)
  "Syntax table of `agentflow-mode'.")

(defconst agentflow--keywords
  '("use" "as" "type" "agent" "rubric" "tool" "workflow" "test" "step" "let" "parallel" "for" "in" "when" "is" "then"
    "otherwise" "loop" "until" "max" "return" "require" "fail" "on" "failure" "ask" "given" "expect" "run" "and" "or"
    "not" "give" "keep"))

(defconst agentflow-font-lock-keywords
  `(("${[^}\n]*}" 0 font-lock-preprocessor-face t)
    ("^[ \t]*\\(?:agent\\|rubric\\|tool\\|workflow\\)[ \t]+\\(\\w+\\)" 1 font-lock-function-name-face)
    ("^[ \t]*type[ \t]+\\(\\w+\\)" 1 font-lock-type-face)
    ("\\_<\\(?:step\\|let\\)[ \t]+\\(\\w+\\)[ \t]*[:=]" 1 font-lock-variable-name-face)
    ("^[ \t]*\\(role\\|prompt\\|tools\\)\\_>" 1 font-lock-keyword-face)
    ("\\_<\\(reads\\|writes\\|sends\\)[ \t]+\\w+[ \t]*[@{]" 1 font-lock-keyword-face)
    ("@\\w+" 0 font-lock-preprocessor-face)
    ("\\(\\w+\\):" 1 font-lock-variable-name-face)
    (,(regexp-opt agentflow--keywords 'symbols) . font-lock-keyword-face)
    ("\\_<\\(true\\|false\\|none\\|previous\\|earlier\\|[SABCDF]\\)\\_>" . font-lock-constant-face)
    ("\\_<[[:upper:]]\\w*" . font-lock-type-face)
    (":[ \t]*\\(text\\|int\\|number\\|bool\\|date\\|json\\)\\_>" 1 font-lock-type-face))
  "What `agentflow-mode' colours.")

(defconst agentflow--syntax-propertize
  ;; A block text is one string from its first quotes to its last: a lone quote in it opens nothing.
  (syntax-propertize-rules
   ("\"\"\"" (0 (ignore (agentflow--block-quotes))))))

(defun agentflow--block-quotes ()
  "Make a string fence of three quotes.
Not where they stand in a comment or in a text of one line."
  (let* ((start (match-beginning 0))
         (state (save-excursion (syntax-ppss start)))
         (in (nth 3 state)))
    (cond
     ((and (null in) (null (nth 4 state)))
      (put-text-property start (1+ start) 'syntax-table (string-to-syntax "|")))
     ((and (eq in t) (not (eq (char-before start) ?\\)))
      (put-text-property (+ start 2) (+ start 3) 'syntax-table (string-to-syntax "|"))))))

(defun agentflow--in-block-text-p (position)
  "Whether POSITION stands in a block text."
  (eq t (nth 3 (save-excursion (syntax-ppss position)))))

(defun agentflow--goes-on-p ()
  "Whether this line goes on with what the last line of code began."
  (or (looking-at-p "\\(?:and\\|or\\|then\\|on failure\\)\\_>\\|[@|]\\|\\(?:after\\|showing\\)[ \t]+\\w\\|to[ \t]+\"")
      (save-excursion
        (while (and (zerop (forward-line -1)) (looking-at-p "[ \t]*\\(?://.*\\)?$")))
        (looking-at-p "[^\n]*\\(?:[-=|<>+*/%]\\|\\_<\\(?:and\\|or\\|then\\)\\)[ \t]*$"))))

(defun agentflow--column ()
  "The column of this line.
A step more than the line of the bracket around it, and one more where it goes
on with a line before."
  (save-excursion
    (back-to-indentation)
    (let* ((closes (looking-at-p "[]})]"))
           (more (if (and (not closes) (agentflow--goes-on-p)) agentflow-indent 0))
           (bracket (nth 1 (syntax-ppss (line-beginning-position)))))
      (if (null bracket)
          more
        (goto-char bracket)
        (+ (current-indentation) (if closes 0 (+ more agentflow-indent)))))))

(defun agentflow-indent-line ()
  "Indent the line by the brackets around it.
The content of a block text stays where it is."
  (interactive)
  (unless (agentflow--in-block-text-p (line-beginning-position))
    (let ((column (agentflow--column)))
      (if (> (current-column) (current-indentation))
          (save-excursion (indent-line-to column))
        (indent-line-to column)))))

;;;###autoload
(define-derived-mode agentflow-mode prog-mode "AgentFlow"
  "Major mode for AgentFlow scripts."
  (setq-local comment-start "// ")
  (setq-local comment-start-skip "///*[ \t]*")
  (setq-local font-lock-defaults '(agentflow-font-lock-keywords))
  (setq-local font-lock-multiline t)
  (setq-local syntax-propertize-function agentflow--syntax-propertize)
  (setq-local indent-line-function #'agentflow-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local electric-indent-chars (append "}])" electric-indent-chars)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.agentflow\\'" . agentflow-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               `(agentflow-mode . ,(lambda (&rest _) (list agentflow-program "lsp")))))

(provide 'agentflow-mode)
;;; agentflow-mode.el ends here
