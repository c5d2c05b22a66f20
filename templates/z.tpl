# Z report: the shift as it was closed. Format: README.md in this folder.
[center bold] {{shopName}}
@if shopAddress
[center] {{shopAddress}}
@end
@if taxNumber
[center] УНП {{taxNumber}}
@end

[center bold] Z-ОТЧЕТ
[center] ЗАКРЫТИЕ СМЕНЫ
Касса № {{register}}|Смена № {{shift}}
Открыта|{{openedDate}} {{openedTime}}
Закрыта|{{date}} {{time}}
Кассир|{{cashier}}
@if firstNumber
Документы|№ {{firstNumber}} - {{lastNumber}}
@end
@rule
[bold] ПРОДАЖИ: {{saleCount}} чек.|{{saleSum}}
@each saleKinds
{{kind}}: {{count}}|{{amount}}
@end
@if saleDiscount
Скидки|{{saleDiscount}}
@end
[bold] ВОЗВРАТЫ: {{returnCount}} чек.|{{returnSum}}
@each returnKinds
{{kind}}: {{count}}|{{amount}}
@end
[bold] АННУЛИРОВАНО: {{annulledCount}} чек.|{{annulledSum}}
ВНЕСЕНИЯ: {{cashInCount}}|{{cashInSum}}
ВЫПЛАТЫ: {{cashOutCount}}|{{cashOutSum}}
@rule
[bold double] ВЫРУЧКА|{{gain}}
[bold] В ДЕНЕЖНОМ ЯЩИКЕ|{{drawer}}
@rule
Незавершенные оплаты|{{unfinishedCount}}
@each unfinished
{{document}}|{{sum}}
[right] {{text}}
@end
Отложенные чеки|{{deferredCount}}
@each deferred
{{document}}|{{sum}}
@end
@rule
[center] НЕФИСКАЛЬНЫЙ ДОКУМЕНТ
@cut
