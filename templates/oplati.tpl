# Slip of one О!плати payment. Format: README.md in this folder.
[center bold] {{shopName}}
@if taxNumber
[center] УНП {{taxNumber}}
@end

[center bold] О!плати
@if isReturn
[center bold] ВОЗВРАТ
@end
Чек № {{number}}|Касса № {{register}}
Дата|{{date}} {{time}}
№ заказа|{{orderNumber}}
@if paymentId
№ платежа|{{paymentId}}
@end
[bold double] СУММА|{{amount}}
Статус|{{status}}
@rule
[center] НЕФИСКАЛЬНЫЙ ДОКУМЕНТ
@cut
