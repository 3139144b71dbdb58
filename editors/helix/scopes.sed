# Helix's themes name these captures differently; without this, numbers, fields and modules have no colour there.
s/@number/@constant.numeric/
s/@boolean/@constant.builtin.boolean/
s/@property/@variable.other.member/
s/@module/@namespace/
s/@string\.escape/@constant.character.escape/
s/@comment\.documentation/@comment.block.documentation/
s/@keyword\.import/@keyword.control.import/
s/@keyword\.conditional/@keyword.control.conditional/
s/@keyword\.repeat/@keyword.control.repeat/
s/@keyword\.return/@keyword.control.return/
s/@keyword\.modifier/@keyword.storage.modifier/
