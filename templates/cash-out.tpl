# Slip of cash taken out of the drawer. Format: README.md in this folder.
[center bold] {{shopName}}
@if shopAddress
[center] {{shopAddress}}
@end
@if taxNumber
[center] УНП {{taxNumber}}
@end

[center bold] ВЫПЛАТА НАЛИЧНЫХ
Документ № {{number}}|Смена № {{shift}}
Касса № {{register}}|{{date}} {{time}}
Кассир|{{cashier}}
@rule
[bold double] СУММА|{{amount}}
@if reason
Основание: {{reason}}
@end
В денежном ящике|{{drawer}}

Выдал|____________
Получил|____________
@rule
[center] НЕФИСКАЛЬНЫЙ ДОКУМЕНТ
@cut
