# What became of a buyer's money behind the cashier's back. Format: README.md in this folder.
[center bold] {{shopName}}
@if shopAddress
[center] {{shopAddress}}
@end
@if taxNumber
[center] УНП {{taxNumber}}
@end

[center bold] {{title}}
Чек № {{number}}|Смена № {{shift}}
Касса № {{register}}|{{date}} {{time}}
{{kind}}|{{amount}}
@rule
@each moves
{{text}}
@end
@rule
[center] НЕФИСКАЛЬНЫЙ ДОКУМЕНТ
@cut
