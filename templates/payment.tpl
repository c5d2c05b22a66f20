# Slip of one electronic payment, of any system that has no slip of its own. Format: README.md in this folder.
[center bold] {{shopName}}
@if shopAddress
[center] {{shopAddress}}
@end
@if taxNumber
[center] УНП {{taxNumber}}
@end

[center bold] {{kind}}
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
@if hasRows
@rule
@each rows
{{label}}|{{value}}
@end
@end
@if needsSignature

Подпись покупателя|____________
@end
@rule
[center] НЕФИСКАЛЬНЫЙ ДОКУМЕНТ
@cut
