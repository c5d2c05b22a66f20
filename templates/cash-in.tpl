# Slip of cash put into the drawer. Format: README.md in this folder.
[center bold] {{shopName}}
@if shopAddress
[center] {{shopAddress}}
@end
@if taxNumber
[center] УНП {{taxNumber}}
@end

[center bold] ВНЕСЕНИЕ НАЛИЧНЫХ
Документ № {{number}}|Смена № {{shift}}
Касса № {{register}}|{{date}} {{time}}
Кассир|{{cashier}}
@rule
[bold double] СУММА|{{amount}}
@if reason
Основание: {{reason}}
@end
В денежном ящике|{{drawer}}

Сдал|____________
Принял|____________
@rule
[center] НЕФИСКАЛЬНЫЙ ДОКУМЕНТ
@cut
